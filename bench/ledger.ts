// What a ledger of 1,000,000 files costs: one look-up of a page, and a plan over a listing of all of them, in which ten files are new.
// `node --conditions=calve-source bench/ledger.ts` writes docs/benchmark-results/ledger.md. Run it on a machine that does nothing else.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCalve } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import type { ListPage, ObjectSession, ObjectUnit, SourcePlugin, UnitRecord } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { bytesReader, memorySink } from '@calve/testkit';

const UNITS = 1_000_000;
const NEW_UNITS = 10;
const PAGE = 1000;
const LOOK_UPS = 101;
const key = { tenant: 'default', ingestion: 'orders' };

const FOLDERS = 365;

/** Keys as long as those of real files, in the order in which stores list them: folder by folder, and by name. */
function unitOf(index: number): ObjectUnit {
  const folder = String(Math.floor((index * FOLDERS) / (UNITS + NEW_UNITS + PAGE))).padStart(3, '0');
  const uri = `file:///landing/2026/${folder}/orders-${String(index).padStart(8, '0')}.csv.gz`;
  const hash = (index * 2_654_435_761).toString(16).padStart(16, '0').repeat(4);
  return {
    kind: 'object',
    key: `${uri}#4711-1795280509399813582-${10_000_000 + index}-${hash.slice(0, 16)}`,
    place: uri,
    fingerprint: hash,
    uri,
    version: `4711-1795280509399813582-${index}`,
    sizeBytes: 15,
    modifiedAt: '2026-01-01T00:00:00.000Z',
  };
}

async function makeLedger(path: string): Promise<number> {
  const store = await sqliteState(path).open();
  const started = performance.now();
  const head = { generation: 'g', committed: {}, commitId: null, intent: null, watermark: null };
  const counts = { read: 1000, expanded: 0, written: 1000, rejected: 0, filtered: 0, deduplicated: 0, replaced: 0 };
  const step = 20_000;
  for (let from = 0; from < UNITS; from += step) {
    const records = Array.from({ length: step }, (_, index): UnitRecord => {
      const unit = unitOf(from + index);
      return { unit, state: 'ingested', sequence: 1, counts: { main: counts }, sha256: unit.fingerprint, attempts: 1 };
    });
    await store.advance(key, from === 0 ? 'absent' : String(from / step), { ...head, tag: String(from) }, records);
  }
  await store.close();
  return performance.now() - started;
}

/** Lists all that the ledger knows, and a few files that it does not. */
function listingSource(): SourcePlugin<object, object> {
  const content = new TextEncoder().encode('id,name\n1,Ada\n');
  const session: ObjectSession = {
    kind: 'objects',
    async *list(): AsyncGenerator<ListPage> {
      for (let from = 0; from < UNITS + NEW_UNITS; from += PAGE) {
        const length = Math.min(PAGE, UNITS + NEW_UNITS - from);
        yield { units: Array.from({ length }, (_, index) => unitOf(from + index)), skipped: [], cursor: String(from) };
      }
    },
    open: async () => bytesReader(content),
    check: async () => [],
    externalAccess: () => ({ kind: 'none', reason: 'a measurement' }),
    close: async () => {},
  };
  const validate = (value: unknown) => ({ value: value as object });
  return {
    contract: 'source/1',
    name: 'listing',
    version: '0.1.0',
    options: { jsonSchema: {}, '~standard': { version: 1, vendor: 'calve', validate } },
    connect: async () => session,
  };
}

/** What the store's questions cost, page by page. */
async function measureLookUps(path: string): Promise<Record<string, number>> {
  const store = await sqliteState(path).open();
  const times = { known: [] as number[], unknown: [] as number[], settled: [] as number[], scattered: [] as number[] };
  for (let round = 0; round < LOOK_UPS; round++) {
    for (const kind of ['known', 'unknown'] as const) {
      const first = ((round * 7919) % (UNITS / PAGE)) * PAGE + (kind === 'known' ? 0 : UNITS);
      const keys = Array.from({ length: PAGE }, (_, index) => unitOf(first + index).key);
      const started = performance.now();
      const found = await store.lookup(key, 'key', keys);
      times[kind].push(performance.now() - started);
      if (found.size !== (kind === 'known' ? PAGE : 0)) throw new Error(`${found.size} of ${PAGE} were found`);
    }
  }
  for (let round = 0; round < LOOK_UPS; round++) {
    const first = ((round * 7919) % (UNITS / PAGE)) * PAGE;
    for (const kind of ['settled', 'scattered'] as const) {
      const index = (at: number): number => (kind === 'settled' ? first + at : at * (UNITS / PAGE) + round);
      const keys = Array.from({ length: PAGE }, (_, at) => unitOf(index(at)).key);
      const started = performance.now();
      const found = await store.unsettled(key, keys);
      times[kind].push(performance.now() - started);
      if (found.size !== 0) throw new Error(`${found.size} of ${PAGE} were not found`);
    }
  }
  await store.close();
  return Object.fromEntries(Object.entries(times).map(([kind, values]) => [kind, median(values)]));
}

/** What the listing itself costs: it is part of the time of a plan, and not the ledger's. */
function measureListing(): Record<string, number> {
  const started = performance.now();
  for (let index = 0; index < UNITS + NEW_UNITS; index++) unitOf(index);
  return { listing: performance.now() - started };
}

/** A plan over the whole listing. */
async function measurePlan(path: string): Promise<Record<string, number>> {
  const before = process.memoryUsage.rss();
  await using calve = createCalve({
    sources: { listing: listingSource() },
    formats: { csv: csvFormat() },
    sinks: { lake: memorySink() },
    state: sqliteState(path),
  });
  const spec = calve
    .ingestion('orders')
    .from('listing', {})
    .as('csv', { header: true })
    .settle(0)
    .into('lake', { table: 'sales.orders' } as never)
    .build();
  const cpu = process.cpuUsage();
  const started = performance.now();
  const plan = await calve.plan(spec);
  const wall = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  if (plan.batch.units.length !== NEW_UNITS) throw new Error(`${plan.batch.units.length} files would be loaded`);
  const peak = Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  return { wall, cpu: (user + system) / 1000, before, peak };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

function report(figures: Record<string, number>, made: number, bytes: number): string {
  const { known = 0, unknown = 0, settled = 0, scattered = 0, listing = 0, wall = 0, cpu = 0, before = 0, peak = 0 } = figures;
  const megabytes = (value: number): string => (value / 1e6).toFixed(0);
  return `# A ledger of 1,000,000 files

Measured by \`node --conditions=calve-source bench/ledger.ts\`. ${new Date().toISOString().slice(0, 10)}; ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node};
load ${(loadavg()[0] ?? 0).toFixed(1)} when it ended. The SQLite state has ${megabytes(bytes)} MB; it was filled in ${(made / 1000).toFixed(1)} s.

| what | figure |
| --- | ---: |
| look-up of a page of 1,000 known files, median of ${LOOK_UPS} | ${known.toFixed(1)} ms |
| the same of 1,000 files that it does not know | ${unknown.toFixed(1)} ms |
| whether any of 1,000 neighbours in a listing needs a look (none does) | ${settled.toFixed(1)} ms |
| the same of 1,000 that lie far apart | ${scattered.toFixed(1)} ms |
| plan over a listing of all of them, of which ${NEW_UNITS} are new | ${(wall / 1000).toFixed(1)} s |
| … processor time | ${(cpu / 1000).toFixed(1)} s |
| … of which making the listing itself, in this measurement | ${(listing / 1000).toFixed(1)} s |
| … most memory of the process, ${megabytes(before)} MB before it began | ${megabytes(peak)} MB |

The plan asks the ledger page by page which files need a look, and reads the records of those only.
`;
}

/** Each in a process of its own, whose memory is that of the work. */
const MEASUREMENTS = { lookUps: measureLookUps, listing: measureListing, plan: measurePlan };

const [name, path = ''] = process.argv.slice(2);
if (name === undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'calve-ledger-'));
  try {
    const state = join(folder, 'calve.db');
    const made = await makeLedger(state);
    const figures: Record<string, number> = {};
    for (const measurement of Object.keys(MEASUREMENTS)) {
      const parameters = ['--conditions=calve-source', import.meta.filename, measurement, state];
      const child = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
      if (child.status !== 0) throw new Error(child.stderr);
      Object.assign(figures, JSON.parse(child.stdout));
    }
    const text = report(figures, made, statSync(state).size);
    writeFileSync(join(import.meta.dirname, '..', 'docs', 'benchmark-results', 'ledger.md'), text);
    process.stdout.write(text);
  } finally {
    rmSync(folder, { recursive: true });
  }
} else process.stdout.write(JSON.stringify(await MEASUREMENTS[name as keyof typeof MEASUREMENTS](path)));
