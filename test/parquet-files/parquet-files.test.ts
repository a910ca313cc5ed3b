import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { typeText } from '@calve/core/plugin';
import { type SeededRandom, seededRandom } from '@calve/testkit';
import { parquetMetadata } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataFileDescription } from '../../packages/sink-iceberg/src/datafile/data-file.ts';
import type { TestColumn } from '../../packages/sink-iceberg/src/datafile/testing/test-table.ts';
import { field, writerConfiguration, writeTable } from '../../packages/sink-iceberg/src/datafile/testing/test-table.ts';
import { type DuckDbReader, type PyIcebergReader, startDuckDb, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { COLUMN_KINDS, type ColumnKind, type Scalar } from '../round-trip/column-kinds.ts';
import { canonicalText } from '../round-trip/scalar-texts.ts';

const ROWS = 3000;
const CODECS = ['zstd', 'gzip', 'snappy', 'uncompressed'] as const;

/** How the values of a column repeat, and where they are missing. */
const SHAPES: Record<string, (kind: ColumnKind, random: SeededRandom) => (row: number) => Scalar | null> = {
  repeated: (kind, random) => {
    const pool = [...examples(kind), ...ordinary(kind, random, 5)];
    return () => pool[random.below(pool.length)]!;
  },
  'repeated with nulls': (kind, random) => {
    const pool = [...examples(kind), ...ordinary(kind, random, 30)];
    return () => (random.below(3) === 0 ? null : pool[random.below(pool.length)]!);
  },
  unique: (kind, random) => () => kind.ordinary(random),
  'unique with nulls': (kind, random) => (row) => (row % 7 === 0 ? null : kind.ordinary(random)),
  constant: (kind, random) => {
    const value = kind.ordinary(random);
    return () => value;
  },
  'nearly all null': (kind, random) => (row) => (row === 1000 ? kind.ordinary(random) : null),
  'all null': () => () => null,
};

function examples({ classes }: ColumnKind): Scalar[] {
  return Object.values(classes).flatMap((values) => (typeof values === 'string' ? [] : [...values]));
}

function ordinary(kind: ColumnKind, random: SeededRandom, count: number): Scalar[] {
  return Array.from({ length: count }, () => kind.ordinary(random));
}

/** Every type in every shape. */
function everyColumn(seed: number): TestColumn[] {
  const random = seededRandom(seed);
  return COLUMN_KINDS.flatMap((kind) => Object.entries(SHAPES).map(([shape, make]) => ({ kind, shape, make }))).map(
    ({ kind, shape, make }, at) => {
      const valueAt = make(kind, random);
      const isRequired = ['repeated', 'unique', 'constant'].includes(shape) && at % 2 === 0;
      return {
        field: field(at + 1, `${typeText(kind.type)} ${shape}`, kind.type, isRequired),
        values: Array.from({ length: ROWS }, (_, row) => valueAt(row)),
      };
    },
  );
}

/** Rows in canonical text. */
function expectedRows(table: readonly TestColumn[]): (string | null)[][] {
  return Array.from({ length: ROWS }, (_, row) =>
    table.map(({ field: { type }, values }) => {
      const value = values[row] as Scalar | null;
      return value === null ? null : canonicalText(type, value);
    }),
  );
}

describe.runIf(requireTier('python'))('a Parquet file with every type in every shape', () => {
  let folder: string;
  let pyIceberg: PyIcebergReader;
  let duckDb: DuckDbReader;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calve-parquet-'));
    [pyIceberg, duckDb] = await Promise.all([startPyIceberg(), startDuckDb()]);
  });

  afterAll(async () => {
    await Promise.all([pyIceberg?.stop(), duckDb?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  async function writtenFile(table: readonly TestColumn[], codec: (typeof CODECS)[number]) {
    const fields = table.map((column) => column.field);
    const configuration = writerConfiguration(fields, { codec, rowGroupBytes: 1_500_000 });
    const { outputs, files } = await writeTable(table, configuration, { batchRows: 1000 });
    const path = join(folder, `${codec}.parquet`);
    const bytes = [...outputs.files.values()][0]!;
    await writeFile(path, bytes);
    return { path, bytes, file: files[0]! };
  }

  it.each(CODECS)('is read by PyArrow and DuckDB as it was written, compressed with %s', async (codec) => {
    const table = everyColumn(CODECS.indexOf(codec));
    const { path, bytes, file } = await writtenFile(table, codec);
    const metadata = parquetMetadata(bytes.slice().buffer);
    expect(metadata.row_groups.length).toBeGreaterThan(1);
    expectSameCounts(metadata.row_groups, file, table);

    const expected = expectedRows(table);
    const byPyArrow = await pyIceberg.run(`import pyarrow.parquet as pq; pq.ParquetFile(${JSON.stringify(path)}).read()`);
    expect(byPyArrow.schema).toEqual(table.map(({ field: { name, type } }) => [name, typeText(type)]));
    expect(differences(table, byPyArrow.rows, expected)).toEqual([]);
    const byDuckDb = await duckDb.query(`SELECT * FROM read_parquet('${path}')`);
    expect(differences(table, byDuckDb.rows, expected)).toEqual([]);
  });

  it.each(CODECS)('has checksums, field ids and statistics that PyArrow finds right, compressed with %s', async (codec) => {
    const table = everyColumn(100 + CODECS.indexOf(codec));
    const { path } = await writtenFile(table, codec);
    const script = join(import.meta.dirname, 'footer_statistics.py');
    const ids = JSON.stringify(table.map(({ field: { id } }) => id));
    const source = `import runpy; runpy.run_path(${JSON.stringify(script)})["problems"](${JSON.stringify(path)}, ${ids})`;
    expect(await pyIceberg.execute(source)).toBe('[]');
  });
});

/** Nulls and NaN of the footer, summed over row groups, are those of the manifest entry. */
function expectSameCounts(
  groups: ReturnType<typeof parquetMetadata>['row_groups'],
  file: DataFileDescription,
  table: readonly TestColumn[],
): void {
  // Columns behind the hundredth have no metrics.
  for (const [at, { field: one }] of table.slice(0, 100).entries()) {
    const statistics = groups.map(({ columns }) => columns[at]!.meta_data!.statistics!);
    const nulls = statistics.reduce((sum, { null_count }) => sum + Number(null_count), 0);
    expect(file.nullCounts[one.id!], one.name).toBe(nulls);
    expect(file.valueCounts[one.id!], one.name).toBe(ROWS);
  }
}

/** The first difference of each column. DuckDB gives a UUID and fixed bytes under other names, but with the same text. */
function differences(table: readonly TestColumn[], rows: readonly unknown[][], expected: readonly unknown[][]): string[] {
  if (rows.length !== expected.length) return [`${rows.length} rows and not ${expected.length}`];
  return table.flatMap(({ field: { name } }, at) => {
    const row = expected.findIndex((values, number) => values[at] !== rows[number]![at]);
    return row === -1 ? [] : [`${name}, row ${row}: ${String(rows[row]![at])} and not ${String(expected[row]![at])}`];
  });
}
