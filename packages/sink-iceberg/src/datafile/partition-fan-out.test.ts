import type { ColumnType } from '@calve/core/plugin';
import { poisonReleasedMemory } from '@calve/core/plugin';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partitionPathName } from '../spec/partition-path.ts';
import { parseTransform } from '../spec/transform.ts';
import { transformColumn } from '../spec/transform-column.ts';
import { otherLayout, scalar } from './testing/arbitrary-table.ts';
import { columnOfValues } from './testing/column-of-values.ts';
import type { TestColumn } from './testing/test-table.ts';
import { expectedValues, field, readTable, writerConfiguration, writeTable } from './testing/test-table.ts';

beforeAll(() => poisonReleasedMemory(true));
afterAll(() => poisonReleasedMemory(false));

const int64: ColumnType = { kind: 'int64' };
const string: ColumnType = { kind: 'string' };
const date: ColumnType = { kind: 'date' };

/** Two scalar columns to partition by and a number for each row. */
const partitioned = fc.integer({ min: 1, max: 60 }).chain((rows) =>
  fc.tuple(scalar, scalar).chain(([a, b]) =>
    fc.record({
      a: fc.array(fc.option(fc.oneof(a.values, a.values)), { minLength: rows, maxLength: rows }),
      b: fc.array(fc.option(b.values), { minLength: rows, maxLength: rows }),
      types: fc.constant([a.type, b.type] as const),
      maxOpenFiles: fc.integer({ min: 1, max: 5 }),
      batchRows: fc.integer({ min: 1, max: rows }),
      layout: fc.nat(),
    }),
  ),
);

describe('a partitioned writer', () => {
  it('puts every row into a file of its own partition tuple and loses none', async () => {
    await fc.assert(
      fc.asyncProperty(partitioned, async ({ a, b, types, maxOpenFiles, batchRows, layout }) => {
        const table: TestColumn[] = [
          { field: field(1, 'a', types[0]), values: a },
          { field: field(2, 'b', types[1]), values: b },
          { field: field(3, 'row', int64, true), values: a.map((_, row) => BigInt(row)) },
        ];
        const partition = [
          { sourceId: 1, fieldId: 1000, name: 'a', transform: 'identity' },
          { sourceId: 3, fieldId: 1001, name: 'row_bucket', transform: 'bucket[2]' },
          { sourceId: 2, fieldId: 1002, name: 'b', transform: 'void' },
        ];
        const fields = table.map((column) => column.field);
        const { outputs, files, rows } = await writeTable(table, writerConfiguration(fields, { partition, maxOpenFiles }), {
          batchRows,
          layout: (column, count, at) => otherLayout(column, count, layout + at),
        });
        expect(rows).toBe(a.length);
        expect(outputs.mostOpen).toBeLessThanOrEqual(maxOpenFiles);
        expect(outputs.open.size).toBe(0);
        const expected = expectedValues(table);
        const seen: number[] = [];
        for (const { path, partition: tuple, rows: count } of files) {
          const read = await readTable(outputs.files.get(path)!, fields);
          const numbers = read[2];
          expect(numbers).toHaveLength(count);
          const own = numbers!.map(Number);
          seen.push(...own);
          const values = own.map((row) => a[row]!);
          const codes = transformColumn(parseTransform('identity'), types[0], columnOfValues(types[0], values), own.length);
          // -0 and 0 are one partition, since JSON has only one zero.
          for (const code of codes.codes) expect(JSON.stringify(codes.values[code])).toBe(JSON.stringify(tuple[0]));
          expect(tuple[2]).toBeNull();
          expect(read).toStrictEqual(expected.map((column) => own.map((row) => column[row])));
          const folder = `${partitionPathName('a', { kind: 'identity' }, types[0], tuple[0]!)}/row_bucket=${tuple[1]}`;
          expect(path.slice('memory://lake/orders/data/'.length)).toBe(`${folder}/${path.split('/').at(-1)}`);
        }
        expect(seen.sort((x, y) => x - y)).toEqual(a.map((_, row) => row));
      }),
      { numRuns: 40 },
    );
  });

  it('writes one file per day when rows come in order, with few files open', async () => {
    const days = Array.from({ length: 1000 }, (_, row) => Math.floor(row / 100));
    const table = [{ field: field(1, 'day', date), values: days }];
    const partition = [{ sourceId: 1, fieldId: 1000, name: 'day_day', transform: 'day' }];
    const { files, outputs } = await writeTable(
      table,
      writerConfiguration([field(1, 'day', date)], { partition, maxOpenFiles: 2 }),
      {
        batchRows: 37,
      },
    );
    expect(files.map((file) => [file.partition, file.rows])).toEqual(Array.from({ length: 10 }, (_, day) => [[day], 100]));
    expect(files[0]!.path).toBe('memory://lake/orders/data/day_day=1970-01-01/7-abc-0-1.parquet');
    expect(outputs.mostOpen).toBeLessThanOrEqual(2);
  });

  it('writes waiting rows early when all partitions together hold too much', async () => {
    const rows = 4096;
    const table = [
      { field: field(1, 'key', int64), values: Array.from({ length: rows }, (_, row) => BigInt(row % 8)) },
      { field: field(2, 'text', string), values: Array.from({ length: rows }, () => 'x'.repeat(100)) },
    ];
    const partition = [{ sourceId: 1, fieldId: 1000, name: 'key', transform: 'identity' }];
    const configuration = writerConfiguration(
      table.map((column) => column.field),
      { partition, rowGroupBytes: 40_000 },
    );
    const { files } = await writeTable(table, configuration, { batchRows: 64 });
    expect(files.map((file) => file.rows)).toEqual(Array.from({ length: 8 }, () => 512));
    // 512 rows of a partition fit into two row groups of 40,000 bytes; eight partitions may not wait for that.
    expect(Math.max(...files.map((file) => file.splitOffsets.length))).toBeGreaterThan(2);
  });

  it('gives the same files for the same batches', async () => {
    const table = [{ field: field(1, 'key', int64), values: Array.from({ length: 500 }, (_, row) => BigInt((row * 7) % 13)) }];
    const partition = [{ sourceId: 1, fieldId: 1000, name: 'key', transform: 'identity' }];
    const configuration = writerConfiguration([table[0]!.field], { partition, maxOpenFiles: 3 });
    const first = await writeTable(table, configuration, { batchRows: 50 });
    const second = await writeTable(table, configuration, { batchRows: 50 });
    expect([...second.outputs.files]).toEqual([...first.outputs.files]);
  });

  it('writes one file per partition although their rows come in turn and few files may be open', async () => {
    const table = [{ field: field(1, 'key', int64), values: Array.from({ length: 2000 }, (_, row) => BigInt((row * 7) % 500)) }];
    const partition = [{ sourceId: 1, fieldId: 1000, name: 'key', transform: 'identity' }];
    const configuration = writerConfiguration([table[0]!.field], { partition, maxOpenFiles: 3 });
    const { files, outputs } = await writeTable(table, configuration, { batchRows: 50 });
    expect(files.map((file) => file.rows)).toEqual(Array.from({ length: 500 }, () => 4));
    expect(outputs.mostOpen).toBeLessThanOrEqual(3);
  });

  it('finishes files of every partition at the target size', async () => {
    const rows = 40_000;
    const table = [
      { field: field(1, 'key', int64), values: Array.from({ length: rows }, (_, row) => BigInt(row % 4)) },
      { field: field(2, 'number', int64), values: Array.from({ length: rows }, (_, row) => BigInt(row) * 0x9e3779b97f4an) },
    ];
    const partition = [{ sourceId: 1, fieldId: 1000, name: 'key', transform: 'identity' }];
    const configuration = writerConfiguration(
      table.map((column) => column.field),
      { partition, rowGroupBytes: 20_000, targetFileBytes: 30_000, codec: 'uncompressed' },
    );
    const { files } = await writeTable(table, configuration, { batchRows: 1000 });
    const byPartition = Map.groupBy(files, (file) => file.partition[0]);
    expect([...byPartition.values()].map((own) => own.reduce((sum, file) => sum + file.rows, 0))).toEqual(Array(4).fill(10_000));
    for (const own of byPartition.values()) {
      expect(own.length).toBeGreaterThan(2);
      // A file ends with the row group that reaches the target.
      for (const file of own) expect(file.sizeBytes).toBeLessThan(60_000);
      for (const file of own.slice(0, -1)) expect(file.sizeBytes).toBeGreaterThanOrEqual(30_000);
    }
  });

  it('takes members of structs as sources; a row without the struct is null there', async () => {
    const struct: ColumnType = { kind: 'struct', fields: [field(2, 'city', string), field(3, 'since', date)] };
    const values = [{ city: 'Zürich', since: -1 }, null, { city: null, since: 0 }, { city: 'Bern', since: 400 }];
    const table = [{ field: field(1, 'address', struct), values }];
    const partition = [
      { sourceId: 2, fieldId: 1000, name: 'city_trunc', transform: 'truncate[2]' },
      { sourceId: 3, fieldId: 1001, name: 'since_year', transform: 'year' },
    ];
    const { files } = await writeTable(table, writerConfiguration([table[0]!.field], { partition }), { batchRows: 4 });
    expect(files.map((file) => [file.partition, file.rows])).toEqual([
      [['Zü', -1], 1],
      [[null, null], 1],
      [[null, 0], 1],
      [['Be', 1], 1],
    ]);
  });
});
