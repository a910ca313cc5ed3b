import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createCalve, decimal, type RunEvent, type UnitRecord } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

const MEBIBYTE = 2 ** 20;
/** Events that are kept for each tenant. A real host stores them, with `tenant` and `n` as the key. */
const KEPT_EVENTS = 1000;

/** Where the uploads of a tenant end up. Nothing but complete files is ever in there. */
export const landingOf = (folder: string, tenant: string): string => join(folder, 'landing', tenant);

/** One Calve for all tenants: what they must share is the memory of this process, and only one instance can divide it. */
export function startPlatform(folder: string, tenants: readonly string[]) {
  const calve = createCalve({
    // A function of the tenant, here and at the sink: then no spec, not even one that a tenant wrote, reaches what is another's.
    sources: { landing: localSource({ root: ({ tenant }) => landingOf(folder, tenant) }) },
    formats: { csv: csvFormat() },
    sinks: {
      lake: icebergSink({
        catalog: sqliteCatalog(join(folder, 'lake', 'catalog.db')),
        warehouse: join(folder, 'lake', 'warehouse'),
        namespace: ({ tenant }) => tenant,
      }),
    },
    state: sqliteState(join(folder, 'calve.db')),
    // Half for one tenant leaves half for the others, also while one of them loads a year of files.
    memoryBytes: 128 * MEBIBYTE,
    tenantMemoryBytes: 64 * MEBIBYTE,
    // The files are anybody's. What a decoder does with one of them must not be able to end this process.
    isolation: 'process',
    limits: { compressedBytes: 256 * MEBIBYTE, contentBytes: 4096 * MEBIBYTE },
  });

  // One spec for everybody: tenant is an argument of the run, so it cannot be forgotten in a path or a name.
  const orders = calve
    .ingestion('orders')
    .from('landing', { path: '.', pattern: 'orders*.csv*' })
    .as('csv', { header: true })
    .columns({ amount: decimal(12, 2) })
    .settle(0) // The upload handler lets nobody see a file that is still being written.
    .into('lake', { table: 'sales.orders' })
    .build();

  const events = new Map(tenants.map((tenant): [string, RunEvent[]] => [tenant, []]));
  calve.on('event', (event) => {
    const kept = events.get(event.tenant);
    if (!kept || event.kind === 'progress') return;
    kept.push(event);
    if (kept.length > KEPT_EVENTS) kept.shift();
  });

  const queues = new Map<string, { running: Promise<unknown>; next: Promise<unknown> | null }>();

  /**
   * Loads what has landed. One run at a time, and one that waits: it takes whatever has landed until it starts, so a hundred uploads need two
   * runs, not a hundred. That also bounds what sinks hold beside the quota.
   */
  function load(tenant: string): Promise<unknown> {
    const queue = queues.get(tenant) ?? { running: Promise.resolve(), next: null };
    queues.set(tenant, queue);
    queue.next ??= queue.running.then(() => {
      queue.next = null;
      const run = calve.run(orders, { tenant });
      // Whoever waits for the run hears how it ended; the queue goes on in any case.
      queue.running = run.catch(() => {});
      return run;
    });
    return queue.next;
  }

  /**
   * What became of one file. A run resolves when all is well and rejects when any of its files was set aside, which may be another one; and the
   * run before may have taken the file along. So each file's own record is what counts.
   */
  async function loadFile(tenant: string, name: string): Promise<UnitRecord> {
    const ending = await load(tenant).catch((error: unknown) => error);
    for (const event of events.get(tenant)?.toReversed() ?? []) {
      const { unit } = event.kind === 'unit-finished' ? event.record : {};
      if (event.kind === 'unit-finished' && unit?.kind === 'object' && unit.uri.endsWith(`/${name}`)) return event.record;
    }
    throw ending;
  }

  // Where things are on this machine is nobody's business.
  const places = [`${pathToFileURL(folder).href}/`, `${folder}/`];

  return {
    load,
    loadFile,
    head: async (tenant: string) => (await calve.head(orders, { tenant, rows: 20 })).rows,
    eventsOf: (tenant: string): readonly RunEvent[] => events.get(tenant) ?? [],
    /** JSON that may leave the host. */
    publicJson: (value: unknown): string => places.reduce((text, place) => text.replaceAll(place, ''), JSON.stringify(value)),
    close: () => calve.close(),
  };
}
