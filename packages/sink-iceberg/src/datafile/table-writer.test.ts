import type { ColumnType, Field, Json } from '@calve/core/plugin';
import { poisonReleasedMemory } from '@calve/core/plugin';
import { testContext } from '@calve/testkit';
import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROW_GROUP_ROWS } from './row-group-size.ts';
import { createTableWriter } from './table-writer.ts';
import { arbitraryTable, otherLayout } from './testing/arbitrary-table.ts';
import { columnOfValues } from './testing/column-of-values.ts';
import { memoryOutputs } from './testing/memory-outputs.ts';
import type { TestColumn } from './testing/test-table.ts';
import { borrowedBatch, expectedValues, field, readTable, writerConfiguration, writeTable } from './testing/test-table.ts';

const int64: ColumnType = { kind: 'int64' };
const string: ColumnType = { kind: 'string' };

const fieldsOf = (table: readonly TestColumn[]): Field[] => table.map((column) => column.field);

/** An id that counts up, and a text that says so. */
function numbered(rows: number): TestColumn[] {
  const numbers = Array.from({ length: rows }, (_, row) => row);
  return [
    { field: field(1, 'id', int64, true), values: numbers.map((number) => BigInt(number)) },
    { field: field(2, 'note', string), values: numbers.map((number) => (number % 7 === 0 ? null : `note ${number % 1000}`)) },
  ];
}

beforeAll(() => poisonReleasedMemory(true));
afterAll(() => poisonReleasedMemory(false));

describe('a table writer', () => {
  it('writes every value of every type so that it is read back the same, whatever the layout', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryTable(40),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        fc.constantFrom('zstd' as const, 'gzip' as const, 'snappy' as const, 'uncompressed' as const),
        async (table, batchRows, choice, codec) => {
          const fields = fieldsOf(table);
          const { outputs, rows } = await writeTable(table, writerConfiguration(fields, { codec }), {
            batchRows,
            layout: (column, rows, at) => otherLayout(column, rows, choice + at),
          });
          expect(rows).toBe(table[0]!.values.length);
          expect([...outputs.files.keys()]).toEqual(['memory://lake/orders/data/7-abc-0-1.parquet']);
          expect(await readTable([...outputs.files.values()][0]!, fields)).toStrictEqual(expectedValues(table));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('needs nothing of a batch after its write', async () => {
    const fields = [field(1, 'a', string)];
    const outputs = memoryOutputs();
    const writer = await createTableWriter(writerConfiguration(fields) as unknown as Json, testContext(), outputs);
    const column = columnOfValues(string, ['kept']);
    const batch = borrowedBatch(fields, [column], 1);
    await writer.write(batch);
    batch.release();
    // The memory is really gone, or this test and all others here would prove nothing.
    expect(column).toMatchObject({ bytes: new Uint8Array(4).fill(0xaa) });
    await writer.finish();
    expect(await readTable([...outputs.files.values()][0]!, fields)).toEqual([['kept']]);
  });

  it('gives the same bytes for the same rows, however they are cut into batches', async () => {
    const table = numbered(3000);
    const configuration = writerConfiguration(fieldsOf(table), { rowGroupBytes: 20_000 });
    const whole = await writeTable(table, configuration);
    const pieces = await writeTable(table, configuration, { batchRows: 333 });
    expect(pieces.files).toEqual(whole.files);
    expect([...pieces.outputs.files]).toEqual([...whole.outputs.files]);
  });

  it('bounds row groups by bytes and takes the row count from the footer', async () => {
    const table = numbered(5000);
    const { files, outputs, rows } = await writeTable(table, writerConfiguration(fieldsOf(table), { rowGroupBytes: 20_000 }));
    const [bytes] = outputs.files.values();
    const { row_groups } = parquetMetadata(bytes!);
    expect(row_groups.length).toBeGreaterThan(3);
    for (const group of row_groups) expect(Number(group.total_byte_size)).toBeLessThan(30_000);
    expect(rows).toBe(5000);
    expect(files[0]).toMatchObject({ rows: 5000, sizeBytes: bytes!.length, specId: 0, partition: [] });
    expect(files[0]!.splitOffsets).toHaveLength(row_groups.length);
    expect(files[0]!.splitOffsets[0]).toBe(4);
    expect(await readTable(bytes!, fieldsOf(table))).toEqual(expectedValues(table));
  });

  it('bounds row groups by rows', async () => {
    const fields = [field(1, 'flag', { kind: 'boolean' })];
    const outputs = memoryOutputs();
    const writer = await createTableWriter(writerConfiguration(fields) as unknown as Json, testContext(), outputs);
    const rows = ROW_GROUP_ROWS + 1000;
    const values = new Uint8Array(rows >> 3).fill(0b0101_0101);
    await writer.write(borrowedBatch(fields, [{ layout: 'fixed', width: 0, values }], rows));
    expect((await writer.finish()).rows).toBe(rows);
    const { row_groups } = parquetMetadata([...outputs.files.values()][0]!);
    expect(row_groups.map((group) => Number(group.num_rows))).toEqual([ROW_GROUP_ROWS, 1000]);
    // Iceberg's vectorized reader in Spark knows no other encoding of booleans.
    for (const group of row_groups)
      expect(group.columns[0]!.meta_data!.encoding_stats!.map(({ encoding }) => encoding)).toEqual(['PLAIN']);
  });

  it('begins a new file when one has reached the target size', async () => {
    const table = numbered(5000);
    const configuration = writerConfiguration(fieldsOf(table), { rowGroupBytes: 10_000, targetFileBytes: 3_000 });
    const { files, outputs, rows } = await writeTable(table, configuration);
    expect(files.length).toBeGreaterThan(2);
    expect(files.map((file) => file.path)).toEqual(files.map((_, at) => `memory://lake/orders/data/7-abc-0-${at + 1}.parquet`));
    expect(rows).toBe(5000);
    const read = await Promise.all([...outputs.files.values()].map((bytes) => readTable(bytes, fieldsOf(table))));
    expect(read.flatMap(([ids]) => ids)).toEqual(expectedValues(table)[0]);
  });

  it('keeps footer statistics right when the memory of a row group is used again', async () => {
    const words = ['aaa', 'zzz', 'mmm'];
    const values = Array.from({ length: 768 }, (_, row) => words[row >> 8]!);
    const table = [{ field: field(1, 'word', string), values }];
    const { outputs } = await writeTable(table, writerConfiguration(fieldsOf(table), { rowGroupBytes: 1 }));
    const statistics = parquetMetadata([...outputs.files.values()][0]!).row_groups.map(
      (group) => group.columns[0]!.meta_data!.statistics!,
    );
    expect(statistics.map(({ min_value, max_value }) => [min_value, max_value])).toEqual(words.map((word) => [word, word]));
  });

  it('tells both zeros apart where a dictionary would not', async () => {
    const values = Array.from({ length: 2000 }, (_, row) => [0, -0, 1.5][row % 3]!);
    const table = [
      { field: field(1, 'double', { kind: 'float64' } as ColumnType), values },
      { field: field(2, 'float', { kind: 'float32' } as ColumnType), values },
    ];
    const { outputs } = await writeTable(table, writerConfiguration(fieldsOf(table)));
    expect(await readTable([...outputs.files.values()][0]!, fieldsOf(table))).toStrictEqual([values, values]);
  });

  it('writes null where a batch lacks a column, and leaves aside what the table lacks', async () => {
    const fields = [field(1, 'a', string), field(2, 'b', int64), field(3, 'none', { kind: 'unknown' })];
    const outputs = memoryOutputs();
    const writer = await createTableWriter(writerConfiguration(fields) as unknown as Json, testContext(), outputs);
    const other = field(9, 'surplus', string);
    await writer.write(borrowedBatch([other, fields[0]!], [columnOfValues(string, ['x']), columnOfValues(string, ['y'])], 1));
    await writer.finish();
    expect(await readTable([...outputs.files.values()][0]!, fields)).toEqual([['y'], [null], [null]]);
  });

  it('gives no file for no rows', async () => {
    const fields = [field(1, 'a', string)];
    const outputs = memoryOutputs();
    const writer = await createTableWriter(writerConfiguration(fields) as unknown as Json, testContext(), outputs);
    await writer.write(borrowedBatch(fields, [columnOfValues(string, [])], 0));
    expect(await writer.finish()).toEqual({ files: [], rows: 0 });
    expect(outputs.files.size).toBe(0);
  });
});

describe('a table writer refuses', () => {
  it.each<[string, TestColumn, string]>([
    ['null in a required column', { field: field(1, 'a', string, true), values: ['x', null] }, 'ICEBERG_REQUIRED_NULL'],
    [
      'null in a required member of a struct',
      {
        field: field(1, 's', { kind: 'struct', fields: [field(2, 'a', int64, true)] }),
        values: [null, { a: 1n }, { a: null }],
      },
      'ICEBERG_REQUIRED_NULL',
    ],
    [
      'a decimal with too many digits',
      { field: field(1, 'd', { kind: 'decimal', precision: 4, scale: 2 }), values: [9999n, 10_000n] },
      'ICEBERG_VALUE_RANGE',
    ],
    [
      'a wide decimal with too many digits',
      { field: field(1, 'd', { kind: 'decimal', precision: 20, scale: 2 }), values: [-(10n ** 20n)] },
      'ICEBERG_VALUE_RANGE',
    ],
  ])('%s', async (_, column, code) => {
    await expect(writeTable([column], writerConfiguration([column.field]))).rejects.toMatchObject({ code });
  });

  it('a column of another type than the table', async () => {
    const outputs = memoryOutputs();
    const writer = await createTableWriter(
      writerConfiguration([field(1, 'a', int64)]) as unknown as Json,
      testContext(),
      outputs,
    );
    const batch = borrowedBatch([field(1, 'a', { kind: 'int32' })], [columnOfValues({ kind: 'int32' }, [1])], 1);
    await expect(writer.write(batch)).rejects.toMatchObject({ code: 'INTERNAL', context: { column: 'a' } });
  });

  it.each<[string, Record<string, Json>]>([
    ['a slash at the end', { dataLocation: 'memory://lake/' }],
    ['a prefix that is a path', { filePrefix: '../x' }],
    ['an unknown codec', { codec: 'lzo' }],
    ['an unknown member', { rowGroupRows: 5 }],
    ['a type that does not exist', { fields: [{ name: 'a', id: 1, required: false, type: { kind: 'int128' } }] }],
  ])('a configuration with %s', async (_, override) => {
    const config = { ...writerConfiguration([field(1, 'a', int64)]), ...override } as unknown as Json;
    await expect(createTableWriter(config, testContext(), memoryOutputs())).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
    });
  });

  it('a transform that it does not know, before any file exists', async () => {
    const partition = [{ sourceId: 1, fieldId: 1000, name: 'p', transform: 'zorder' }];
    const config = writerConfiguration([field(1, 'a', int64)], { partition }) as unknown as Json;
    await expect(createTableWriter(config, testContext(), memoryOutputs())).rejects.toMatchObject({
      code: 'ICEBERG_TRANSFORM_UNSUPPORTED',
    });
  });

  it('to go on after it was cancelled', async () => {
    const fields = [field(1, 'a', int64)];
    const signal = AbortSignal.abort();
    const writer = await createTableWriter(
      writerConfiguration(fields) as unknown as Json,
      testContext({ signal }),
      memoryOutputs(),
    );
    await expect(writer.write(borrowedBatch(fields, [columnOfValues(int64, [1n])], 1))).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});

describe('abort', () => {
  it('deletes open and finished files', async () => {
    const table = numbered(3000);
    const configuration = writerConfiguration(fieldsOf(table), { rowGroupBytes: 10_000, targetFileBytes: 3_000 });
    const outputs = memoryOutputs();
    const writer = await createTableWriter(configuration as unknown as Json, testContext(), outputs);
    const columns = table.map(({ field: { type }, values }) => columnOfValues(type, values));
    await writer.write(borrowedBatch(fieldsOf(table), columns, 3000));
    expect(outputs.files.size).toBeGreaterThan(1);
    await writer.abort();
    expect(outputs.files.size).toBe(0);
  });

  it('reports a file that the storage does not delete', async () => {
    const fields = [field(1, 'a', int64)];
    const context = testContext();
    const outputs = memoryOutputs();
    const ports = {
      async openOutput(name: string) {
        const output = await outputs.openOutput(name);
        return { ...output, abort: () => Promise.reject(new TypeError('read-only')) };
      },
    };
    const writer = await createTableWriter(writerConfiguration(fields, { rowGroupBytes: 1 }) as unknown as Json, context, ports);
    const values = Array.from({ length: 256 }, () => 1n);
    await writer.write(borrowedBatch(fields, [columnOfValues(int64, values)], 256));
    await writer.abort();
    expect(context.reports).toMatchObject([{ code: 'ICEBERG_FILE_LEFT', severity: 'warning' }]);
  });
});
