import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { icebergReaderCommands } from '@calve/sink-iceberg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DuckDbReader, type PyIcebergReader, startDuckDb, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { differencesOf } from './compare-table.ts';
import { Coverage } from './coverage.ts';
import { type RandomTable, randomTable } from './random-table.ts';
import { type Answer, createTables, readWithDuckDb, readWithPyIceberg } from './read-tables.ts';
import { type GapCounts, READER_GAPS, type Reader } from './reader-gaps.ts';
import { openLake, type RoundTripLake, writeTable } from './write-tables.ts';

const FIXED_SEEDS = 114;
const FRESH_SEEDS = 12;

/** One seed to replay, or the fixed ones and some that nobody has seen yet. */
const replayed = process.env['CALVE_ROUND_TRIP_SEED'];
const seeds =
  replayed === undefined
    ? [
        ...Array.from({ length: FIXED_SEEDS }, (_, seed) => seed),
        ...Array.from({ length: FRESH_SEEDS }, () => randomInt(FIXED_SEEDS, 2 ** 31)),
      ]
    : [Number(replayed)];

describe.runIf(requireTier('python'))('random tables', () => {
  const tables = seeds.map(randomTable);
  const failures = new Map<number, string[]>();
  const gaps: GapCounts = new Map();
  let lake: RoundTripLake;
  let pyIceberg: PyIcebergReader;
  let duckDb: DuckDbReader;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'calve-round-trip-'));
    lake = openLake(folder);
    [pyIceberg, duckDb] = await Promise.all([startPyIceberg(), startDuckDb()]);
  });

  afterAll(async () => {
    await Promise.all([pyIceberg?.stop(), duckDb?.stop()]);
    await rm(lake.folder, { recursive: true, force: true });
  });

  function fail(table: RandomTable, sentences: readonly string[]): void {
    if (sentences.length > 0) failures.set(table.seed, [...(failures.get(table.seed) ?? []), ...sentences]);
  }

  it('are read by PyIceberg and DuckDB as they were written: values, nulls, counts, partition values, filters', async () => {
    const catalog = {
      uri: `sqlite:///${join(lake.folder, 'catalog.db')}`,
      warehouse: `file://${join(lake.folder, 'warehouse')}`,
    };
    await createTables(
      pyIceberg,
      catalog,
      tables.filter(({ creator }) => creator === 'pyiceberg'),
    );
    for (const table of tables) await writeTable(lake, table).catch((error) => fail(table, [`cannot be written: ${error}`]));
    const written = tables.filter(({ seed }) => !failures.has(seed));

    const readByDuckDb = async (): Promise<Map<string, Answer>> => {
      const answers = new Map<string, Answer>();
      for (const table of written) answers.set(table.name, await readWithDuckDb(duckDb, await metadataPath(table), table));
      return answers;
    };
    const answers: [Reader, Map<string, Answer>][] = await Promise.all([
      readWithPyIceberg(pyIceberg, catalog, written).then((map): [Reader, Map<string, Answer>] => ['PyIceberg', map]),
      readByDuckDb().then((map): [Reader, Map<string, Answer>] => ['DuckDB', map]),
    ]);
    for (const table of written) {
      for (const [reader, map] of answers) {
        const answer = map.get(table.name) ?? { error: 'no answer' };
        fail(
          table,
          differencesOf(table, reader, answer, gaps).map((sentence) => `${reader}: ${sentence}`),
        );
      }
    }
    expect(failureReport(failures)).toBe('');
  });

  it.runIf(replayed === undefined)('visit every type with every kind of value, and every transform with every type', () => {
    const coverage = new Coverage();
    for (const table of tables) if (!failures.has(table.seed)) coverage.add(table);
    process.stdout.write(`${tables.length} tables.\n${coverage.text()}\n`);
    expect(coverage.missing()).toEqual([]);
  });

  it.runIf(replayed === undefined)('meet every gap of a reader that is excused', () => {
    const lines = READER_GAPS.map((gap) => `  ${gaps.get(gap) ?? 0} filters: ${gap.reader} ${gap.reason}`);
    process.stdout.write(`Filters that a reader cannot answer, on tables of any writer:\n${lines.join('\n')}\n`);
    const needless = READER_GAPS.filter((gap) => !gaps.has(gap)).map(({ reader, reason }) => `${reader} ${reason}`);
    expect(needless, 'are no longer needed in reader-gaps.ts').toEqual([]);
  });

  /** Path of the current metadata file, out of the line that we print for DuckDB. */
  async function metadataPath({ name }: RandomTable): Promise<string> {
    const commands = await icebergReaderCommands(lake.sink, { table: name });
    if (commands === 'absent') throw new Error(`${name} does not exist`);
    return /iceberg_scan\('(.*)'\)/.exec(commands.duckdb)?.[1]?.replaceAll("''", "'") ?? '';
  }
});

/** One paragraph per table, with the command that makes it again. */
function failureReport(failures: ReadonlyMap<number, readonly string[]>): string {
  return [...failures]
    .map(([seed, sentences]) => {
      const shown = sentences.slice(0, 8).map((sentence) => `  ${sentence}`);
      const more = sentences.length > 8 ? [`  and ${sentences.length - 8} more`] : [];
      return [`Replay with: CALVE_ROUND_TRIP_SEED=${seed} ./dev test test/round-trip`, ...shown, ...more].join('\n');
    })
    .join('\n');
}
