import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCalve } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { type IcebergTarget, icebergReaderCommands, icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type DuckDbReader,
  type PyIcebergReader,
  type SparkReader,
  startDuckDb,
  startPyIceberg,
  startSpark,
} from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { parseSparkSqlLine } from '../readers/spark-sql-line.ts';

const ROWS = 400;
const WORDS = ['über', 'a/b=c', '', ' blank ', '名前', 'x"y'];

/** One partitioning per table, and a filter that a reader answers by pruning files: wrong partition values or bounds lose rows. */
const CASES: {
  name: string;
  partitionBy: NonNullable<IcebergTarget['partitionBy']>;
  filters: [sql: string, matches: (row: number) => boolean][];
}[] = [
  {
    name: 'identity_text',
    partitionBy: [{ transform: 'identity', column: 'word' }],
    filters: [
      ["word = '名前'", (row) => row % 7 !== 0 && row % 6 === 4],
      ['word IS NULL', (row) => row % 7 === 0],
    ],
  },
  {
    name: 'identity_long',
    partitionBy: [{ transform: 'identity', column: 'bucketed' }],
    filters: [['bucketed = 3', (row) => row % 5 === 3]],
  },
  {
    name: 'identity_date',
    partitionBy: [{ transform: 'identity', column: 'day' }],
    filters: [["day = DATE '1969-12-31'", (row) => row % 4 === 0]],
  },
  {
    name: 'day_of_timestamp',
    partitionBy: [{ transform: 'day', column: 'happened' }],
    filters: [["happened >= TIMESTAMP '1970-01-01 00:00:00'", (row) => row % 4 > 0]],
  },
  {
    name: 'day_of_moment',
    partitionBy: [{ transform: 'day', column: 'moment' }],
    filters: [["moment < TIMESTAMP '1970-01-01 00:00:00+00:00'", (row) => row % 4 === 0]],
  },
  {
    name: 'bucket_of_long',
    partitionBy: [{ transform: 'bucket', column: 'id', buckets: 8 }],
    filters: [['id = 17', (row) => row === 17]],
  },
  {
    name: 'bucket_of_text',
    partitionBy: [{ transform: 'bucket', column: 'word', buckets: 4 }],
    filters: [["word = 'über'", (row) => row % 7 !== 0 && row % 6 === 0]],
  },
  {
    name: 'bucket_of_decimal',
    partitionBy: [{ transform: 'bucket', column: 'amount', buckets: 4 }],
    filters: [['amount = -17.25', (row) => row === 17]],
  },
  {
    name: 'bucket_of_date',
    partitionBy: [{ transform: 'bucket', column: 'day', buckets: 3 }],
    filters: [["day = DATE '1970-01-02'", (row) => row % 4 === 2]],
  },
  {
    name: 'two_fields',
    partitionBy: [
      { transform: 'day', column: 'happened' },
      { transform: 'bucket', column: 'id', buckets: 2 },
    ],
    filters: [['id = 301', (row) => row === 301]],
  },
];

describe.runIf(requireTier('python') && requireTier('java'))('partitioned tables', () => {
  let folder: string;
  let pyIceberg: PyIcebergReader;
  let duckDb: DuckDbReader;
  let spark: SparkReader;
  const lines = new Map<string, { pyiceberg: string; duckdb: string; spark: string }>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calve-partitions-'));
    const path = join(folder, 'rows.csv');
    await writeFile(path, sampleRows());
    const tables = { catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'warehouse') };
    await using calve = createCalve({
      sources: { local: localSource() },
      formats: { csv: csvFormat() },
      sinks: { lake: icebergSink(tables) },
      state: sqliteState(join(folder, 'calve.db')),
    });
    for (const { name, partitionBy } of CASES) {
      const table = `parts.${name}`;
      await calve.run(
        calve
          .ingestion(name)
          .from('local', { path })
          .as('csv', { header: true })
          .settle(0)
          .into('lake', { table, partitionBy })
          .build(),
      );
      const commands = await icebergReaderCommands(tables, { table });
      if (commands !== 'absent') lines.set(name, commands);
    }
    const { conf } = parseSparkSqlLine(lines.get(CASES[0]?.name ?? '')?.spark ?? '');
    [pyIceberg, duckDb, spark] = await Promise.all([startPyIceberg(), startDuckDb(), startSpark(conf)]);
  });

  afterAll(async () => {
    await Promise.all([pyIceberg?.stop(), duckDb?.stop(), spark?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  it.each(CASES)('$name: PyIceberg, DuckDB and Spark find the rows of every filter', async ({ name, filters }) => {
    for (const [filter, matches] of [...filters, ['1 = 1', () => true] as const]) {
      const expected = Array.from({ length: ROWS }, (_, row) => row).filter(matches);
      expect(expected.length).toBeGreaterThan(0);
      const ids = (rows: unknown[][]): number[] => rows.map(([id]) => Number(id)).sort((a, b) => a - b);
      const commands = lines.get(name);
      const fromDuckDb = await duckDb.query(`SELECT id FROM (${commands?.duckdb.replace(/;$/, '')}) WHERE ${filter}`);
      expect(ids(fromDuckDb.rows), `DuckDB, ${filter}`).toEqual(expected);
      const fromSpark = await spark.query(`SELECT id FROM calve.parts.${name} WHERE ${filter}`);
      expect(ids(fromSpark.rows), `Spark, ${filter}`).toEqual(expected);
      if (filter === '1 = 1') continue;
      const scan =
        commands?.pyiceberg.replace(
          '.scan()',
          `.scan(row_filter=${JSON.stringify(pythonFilter(filter))}, selected_fields=("id",))`,
        ) ?? '';
      expect(ids((await pyIceberg.run(scan)).rows), `PyIceberg, ${filter}`).toEqual(expected);
    }
  });
});

/** PyIceberg's filter language: no type before a literal, ISO forms. */
function pythonFilter(sql: string): string {
  return sql.replace(/(DATE|TIMESTAMP) '/, "'").replace(/'(\d{4}-\d\d-\d\d) (\d\d:)/, "'$1T$2");
}

function sampleRows(): string {
  const days = ['1969-12-31', '1970-01-01', '1970-01-02', '2026-03-01'];
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const day = days[row % 4] ?? '';
    const word = row % 7 === 0 ? '' : `"${(WORDS[row % 6] ?? '').replaceAll('"', '""')}"`;
    return [row, row % 5, word, `${row % 2 === 0 ? '' : '-'}${row}.25`, day, `${day}T23:59:59.999`, `${day}T00:00:00.001Z`].join(
      ',',
    );
  });
  return `id,bucketed,word,amount,day,happened,moment\n${rows.join('\n')}\n`;
}
