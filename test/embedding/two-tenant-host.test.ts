import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { receiveUpload } from '../../examples/02-embed-in-a-host/receive-upload.ts';

const example = fileURLToPath(new URL('../../examples/02-embed-in-a-host/', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calve-two-tenants-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('examples/02-embed-in-a-host', () => {
  it('shows two tenants of whom none sees, blocks or breaks the other', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--conditions=calve-source', 'try-it.ts'], {
      cwd: example,
      env: { ...process.env, TMPDIR: folder },
    });
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    const answers = (who: string, request: string) =>
      lines.filter((line) => line.startsWith(who.padEnd(8) + request)).map((line) => line.slice(line.indexOf('->') + 3));
    const uploaded = lines.filter((line) =>
      /^acme +POST \/upload\/orders-\d\.csv -> 201 .*"ingested","read":1000,"written":1000,"rejected":0/.test(line),
    );
    expect(uploaded).toHaveLength(10);
    expect(answers('globex', 'POST /upload/orders-1.csv')).toEqual([
      expect.stringMatching(/^201 .*"read":2,"written":2,"rejected":0/),
      expect.stringMatching(/^409 /),
    ]);
    expect(answers('globex', 'POST /upload/orders-2.csv')).toEqual([
      expect.stringMatching(/^422 .*"quarantined","code":"CSV_NOT_TEXT"/),
    ]);
    expect(answers('globex', 'POST /upload/orders-3.csv')).toEqual([
      expect.stringMatching(/^422 .*"held","code":"REJECTED_LIMIT"/),
      expect.stringMatching(/^201 .*"read":1,"written":1,"rejected":0/),
    ]);
    expect(answers('globex', 'POST /upload/..%2Facme')).toEqual([expect.stringMatching(/^400 /)]);
    expect(answers('globex', 'POST /upload/orders-4.csv')).toEqual([expect.stringMatching(/^413 /)]);
    expect(answers('nobody', 'GET /tables/orders')).toEqual([expect.stringMatching(/^401 /)]);
    const [table = ''] = answers('globex', 'GET /tables/orders');
    const rows = JSON.parse(table.slice('200 '.length)) as Record<string, unknown>[];
    expect(rows.map(({ order_id, customer, amount }) => [order_id, customer, amount])).toEqual([
      ['1', 'Hank', '1.50'],
      ['2', 'Hank', '2.50'],
      ['3', 'Otto', '1.00'],
    ]);
    // Nothing of the other tenant, and nothing of this machine.
    expect(table).not.toMatch(/acme|Road Runner/);
    expect(stdout).not.toContain(folder);
    for (const who of ['acme', 'globex'])
      expect(lines).toContainEqual(
        expect.stringMatching(new RegExp(`^${who} +sees \\d+ events, of ${who}, with [1-9]\\d* commits$`)),
      );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stops when it is asked to, and goes on where it was', async () => {
    const first = await startHost();
    expect((await first.upload('orders-1.csv', 'order_id,customer,amount\n1,Hank,1.50\n')).status).toBe(201);
    expect(await first.stop()).toBe(0);
    const second = await startHost();
    expect((await second.upload('orders-2.csv', 'order_id,customer,amount\n2,Otto,2.50\n')).status).toBe(201);
    const rows = (await (await second.get('/tables/orders')).json()) as { customer: string }[];
    expect(rows.map(({ customer }) => customer).sort()).toEqual(['Hank', 'Otto']);
    expect(await second.stop()).toBe(0);
  });

  it('leaves nothing of an upload that is cut off', async () => {
    const host = await startHost();
    const cutOff = new AbortController();
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('order_id,customer,amount\n'));
      },
    });
    const uploading = host.upload('orders-1.csv', body, cutOff.signal);
    const incoming = join(folder, 'incoming', 'acme');
    while (!existsSync(incoming) || readdirSync(incoming).length === 0) await new Promise((resolve) => setImmediate(resolve));
    cutOff.abort();
    await expect(uploading).rejects.toThrow();
    while (readdirSync(incoming).length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(readdirSync(join(folder, 'landing', 'acme'))).toEqual([]);
    expect((await host.upload('orders-1.csv', 'order_id,customer,amount\n1,Hank,1.50\n')).status).toBe(201);
    expect(await host.stop()).toBe(0);
  });

  it('counts the bytes of an upload that does not say how many it has', async () => {
    const places = { incoming: join(folder, 'incoming'), landing: join(folder, 'landing'), maximumBytes: 10 };
    const bodyOf = (...chunks: string[]) =>
      Object.assign(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), { headers: {} }) as IncomingMessage;
    await expect(receiveUpload(bodyOf('12345678', '901'), 'orders-1.csv', places)).rejects.toMatchObject({ status: 413 });
    expect([...readdirSync(places.incoming), ...readdirSync(places.landing)]).toEqual([]);
    await receiveUpload(bodyOf('12345678', '90'), 'orders-1.csv', places);
    expect(readdirSync(places.incoming)).toEqual([]);
    expect(readFileSync(join(places.landing, 'orders-1.csv'), 'utf8')).toBe('1234567890');
  });

  /** The host as it is started by hand, and what its first tenant can do. */
  async function startHost() {
    const host = spawn(process.execPath, ['--conditions=calve-source', 'host.ts', folder], {
      cwd: example,
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(createInterface({ input: host.stdout }), 'line')) as [string];
    const [, token, url] = /^acme: curl -H 'Authorization: Bearer (\w+)' .* (http:\/\/[\d.:]+)\/upload/.exec(line) ?? [];
    const headers = { authorization: `Bearer ${token}` };
    return {
      get: (path: string) => fetch(url + path, { headers }),
      upload: (name: string, body: string | ReadableStream, signal?: AbortSignal) =>
        fetch(`${url}/upload/${name}`, {
          method: 'POST',
          headers,
          body,
          duplex: 'half',
          ...(signal ? { signal } : {}),
        } as RequestInit),
      async stop(): Promise<number | null> {
        const closed = once(host, 'close');
        host.kill('SIGTERM');
        return ((await closed) as [number | null])[0];
      },
    };
  }
});
