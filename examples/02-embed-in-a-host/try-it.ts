// Starts the host in a folder of its own, uploads for two tenants at the same time, and shows what each of them sees.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHost } from './host.ts';

const folder = await mkdtemp(join(tmpdir(), 'calve-host-'));
const stopping = new AbortController();
const tokens = { 'token-of-acme': 'acme', 'token-of-globex': 'globex' };
const { url, stopped } = await startHost({ folder, tokens, maximumUploadBytes: 2 ** 20, signal: stopping.signal });

async function call(who: string, method: string, path: string, body?: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer token-of-${who}` },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  console.log(`${who.padEnd(7)} ${method} ${path} -> ${response.status} ${path === '/runs' ? '' : text}`.trimEnd());
  return text;
}

const ordersOf = (customer: string, count: number): string =>
  `order_id,customer,amount\n${Array.from({ length: count }, (_, at) => `${at + 1},${customer},${at + 1}.50\n`).join('')}`;

// The same names at the same time; acme has ten files.
await Promise.all([
  ...Array.from({ length: 10 }, (_, at) => call('acme', 'POST', `/upload/orders-${at}.csv`, ordersOf(`Road Runner ${at}`, 1000))),
  call('globex', 'POST', '/upload/orders-1.csv', ordersOf('Hank', 2)),
]);

// What is not a table is set aside, and the tenant is told; the rest stays as it is.
await call('globex', 'POST', '/upload/orders-2.csv', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
// So is one with too many bad rows; corrected, it comes under the same name, and what is loaded stays as it is.
await call('globex', 'POST', '/upload/orders-3.csv', 'order_id,customer,amount\n3,Otto,much\n');
await call('globex', 'POST', '/upload/orders-3.csv', 'order_id,customer,amount\n3,Otto,1\n');
await call('globex', 'POST', '/upload/orders-1.csv', 'order_id,customer,amount\n3,Otto,1\n');
await call('globex', 'POST', '/upload/..%2Facme%2Forders-9.csv', 'order_id,customer,amount\n3,Otto,1\n');
await call('globex', 'POST', '/upload/orders-4.csv', 'x'.repeat(2 ** 21));
await call('nobody', 'GET', '/tables/orders');
await call('globex', 'GET', '/tables/orders');

for (const who of ['acme', 'globex']) {
  const events = (await call(who, 'GET', '/runs')).trimEnd().split('\n');
  const { tenants, commits } = tally(
    events.map((line) => JSON.parse(line) as { tenant: string; kind: string; outcome?: string }),
  );
  console.log(`${who.padEnd(7)} sees ${events.length} events, of ${tenants.join(' and ')}, with ${commits} commits`);
}

stopping.abort();
await stopped;
await rm(folder, { recursive: true });

function tally(events: readonly { tenant: string; kind: string; outcome?: string }[]): { tenants: string[]; commits: number } {
  const commits = events.filter(({ kind, outcome }) => kind === 'commit-attempted' && outcome === 'committed').length;
  return { tenants: [...new Set(events.map(({ tenant }) => tenant))], commits };
}
