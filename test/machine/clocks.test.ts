import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DuckDbReader, type PyIcebergReader, startDuckDb, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { faketimeEnvironment, missingFaketime } from './faketime.ts';
import { FaultyWorld } from './faulty-world.ts';
import { requireOfMachine } from './require-machine.ts';

const YEAR = 365 * 86_400_000;
const program = fileURLToPath(new URL('../../packages/cli/src/calve.ts', import.meta.url));
const preload = new URL('./jumping-date.ts', import.meta.url).href;

/** Clock of each run, as offsets from the true time that it jumps between; a file is added before each. */
const RUNS: readonly (readonly number[])[] = [
  [0],
  [-20 * YEAR],
  [30 * YEAR],
  [0],
  [20 * YEAR, -20 * YEAR, 0, -86_400_000],
  [-1000, 0, 1000],
];

interface Metadata {
  'last-updated-ms': number;
  snapshots: { 'timestamp-ms': number; 'sequence-number': number }[];
  'snapshot-log': { 'timestamp-ms': number }[];
  'metadata-log': { 'timestamp-ms': number; 'metadata-file': string }[];
}

const times = (entries: readonly { 'timestamp-ms': number }[]): number[] => entries.map((entry) => entry['timestamp-ms']);
const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** All metadata files of a table, the oldest first. */
function metadataOf(world: FaultyWorld, lake: string, table: string): { name: string; metadata: Metadata }[] {
  const folder = join(world.lake(lake), 'warehouse', 'sales', table, 'metadata');
  const names = readdirSync(folder).filter((name) => name.endsWith('.metadata.json'));
  return names.sort().map((name) => ({ name, metadata: JSON.parse(readFileSync(join(folder, name), 'utf8')) as Metadata }));
}

/** What readers of Iceberg refuse: times that go back from one metadata file, snapshot or log entry to the next. */
function expectTimesInOrder(files: readonly { name: string; metadata: Metadata }[]): void {
  const updated = files.map(({ metadata }) => metadata['last-updated-ms']);
  expect(updated).toEqual(sorted(updated));
  for (const { name, metadata } of files) {
    const snapshots = metadata.snapshots.toSorted((a, b) => a['sequence-number'] - b['sequence-number']);
    for (const entries of [snapshots, metadata['snapshot-log'], metadata['metadata-log'] ?? []]) {
      expect(times(entries), name).toEqual(sorted(times(entries)));
      expect(Math.max(0, ...times(entries)), name).toBeLessThanOrEqual(metadata['last-updated-ms']);
    }
  }
  const log = files.at(-1)?.metadata['metadata-log'].map((entry) => basename(entry['metadata-file']));
  expect(log).toEqual(files.slice(0, -1).map(({ name }) => name));
}

function run(world: FaultyWorld, offsets: readonly number[], environment: Record<string, string>) {
  const parameters = ['--conditions=calve-source', `--import=${preload}`, program, ...world.words('lake')];
  return spawnSync(process.execPath, parameters, {
    cwd: world.path,
    encoding: 'utf8',
    timeout: 500_000,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      CALVE_TEST_CLOCK: offsets.join(','),
      ...environment,
    },
  });
}

/** Clocks by the name of what moves them; the environment of one run. */
const CLOCKS: Readonly<Record<string, (world: FaultyWorld) => Record<string, string>>> = {
  'Date.now of the process': () => ({}),
  ...(requireOfMachine('clocks that libfaketime moves', missingFaketime())
    ? {
        'the system clock, by libfaketime': (world: FaultyWorld) => faketimeEnvironment(join(world.path, 'clock')),
      }
    : {}),
};

describe.runIf(requireTier('python'))('a clock that jumps by years, between runs and within one', () => {
  let pyIceberg: PyIcebergReader;
  let duckDb: DuckDbReader;
  beforeAll(async () => {
    [pyIceberg, duckDb] = await Promise.all([startPyIceberg(), startDuckDb()]);
  });
  afterAll(async () => {
    await Promise.all([pyIceberg?.stop(), duckDb?.stop()]);
  });

  it.each(Object.entries(CLOCKS))(
    '(%s): every row once, times in tables never go back, and nobody waits for years',
    async (_, clockOf) => {
      using world = new FaultyWorld();
      const seen: string[] = [];
      for (const [at, offsets] of RUNS.entries()) {
        const first = at * 10 + 1;
        // Older than all clocks: what looks newer than now may still be written, and is told so.
        world.put('lake', first, Date.UTC(2001, 0, 1));
        seen.push(`${first}`, `${first + 1}`);
        const { status, stdout, stderr } = run(world, offsets, clockOf(world));
        expect(status, `run ${at}: ${stderr}`).toBe(0);
        expect((JSON.parse(stdout) as { run: { result: unknown } }).run.result).toMatchObject({
          outcome: 'committed',
          counts: { main: { read: 3, written: 2 }, rejected: { written: 1 } },
        });
      }
      expect(run(world, [20 * YEAR, -20 * YEAR], clockOf(world)).stderr).toContain('Loaded already');
      for (const table of ['orders', 'orders__rejected']) expectTimesInOrder(metadataOf(world, 'lake', table));
      const catalog = { uri: `sqlite:///${world.lake('lake')}/catalog.db`, warehouse: `file://${world.lake('lake')}/warehouse` };
      const { metadataLocation } = await pyIceberg.describe(catalog, 'sales.orders');
      const query = `SELECT id FROM iceberg_scan('${metadataLocation.replace('file://', '')}')`;
      const line = `from pyiceberg.catalog.sql import SqlCatalog; SqlCatalog("calve", uri=${JSON.stringify(catalog.uri)}, warehouse=${JSON.stringify(catalog.warehouse)}).load_table("sales.orders").scan(selected_fields=("id",)).to_arrow()`;
      const ids = (rows: readonly unknown[][]): string[] => rows.map(([id]) => String(id)).sort((a, b) => Number(a) - Number(b));
      expect(ids((await duckDb.query(query)).rows)).toEqual(seen);
      expect(ids((await pyIceberg.run(line)).rows)).toEqual(seen);
    },
  );

  it('a file that seems to be of the future is left out aloud, with a way to load it', () => {
    using world = new FaultyWorld();
    world.put('lake', 1);
    const refused = run(world, [-20 * YEAR], {});
    expect(refused.stderr).toMatch(
      /Left out: 1\.csv: Modified \d+ hours in the future, at 2023-\S+ \(is a clock wrong\?\); it may still be written\./,
    );
    expect(refused.stderr).toContain('Files that are written to the end need no waiting: --set /input/settleSeconds=0');
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--conditions=calve-source', `--import=${preload}`, program, ...world.words('lake'), '--set', '/input/settleSeconds=0'],
      { encoding: 'utf8', env: { ...process.env, CALVE_TEST_CLOCK: String(-20 * YEAR) } },
    );
    expect({ status, outcome: JSON.parse(stdout).run.result.outcome }).toEqual({ status: 0, outcome: 'committed' });
  });
});
