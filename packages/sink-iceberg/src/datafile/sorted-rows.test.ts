import type { ColumnType } from '@calve/core/plugin';
import { poisonReleasedMemory } from '@calve/core/plugin';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparePartitionValues, parsePartitionValue } from '../manifest/partition-value.ts';
import type { PrimitiveColumnType } from '../spec/primitive-type.ts';
import { parseTransform, transformAccepts } from '../spec/transform.ts';
import { transformColumn } from '../spec/transform-column.ts';
import { scalar } from './testing/arbitrary-table.ts';
import type { TestValue } from './testing/column-of-values.ts';
import { columnOfValues } from './testing/column-of-values.ts';
import type { TestColumn } from './testing/test-table.ts';
import { field, readTable, writerConfiguration, writeTable } from './testing/test-table.ts';

beforeAll(() => poisonReleasedMemory(true));
afterAll(() => poisonReleasedMemory(false));

const int64: ColumnType = { kind: 'int64' };
const string: ColumnType = { kind: 'string' };
const date: ColumnType = { kind: 'date' };
const TRANSFORMS = ['identity', 'year', 'month', 'day', 'hour', 'bucket[3]', 'truncate[2]', 'void'];

interface SortCase {
  type: ColumnType;
  transform: string;
  descending: boolean;
  nullsFirst: boolean;
  values: TestValue[];
}

const sortFields = (rows: number): fc.Arbitrary<SortCase> =>
  scalar.chain(({ type, values }) =>
    fc.record({
      type: fc.constant(type),
      transform: fc.constantFrom(...TRANSFORMS.filter((text) => transformAccepts(parseTransform(text), type))),
      descending: fc.boolean(),
      nullsFirst: fc.boolean(),
      // Few different values, so that the next field decides now and then.
      values: fc
        .array(values, { minLength: 1, maxLength: 4 })
        .chain((few) => fc.array(fc.option(fc.constantFrom(...few), { freq: 5 }), { minLength: rows, maxLength: rows })),
    }),
  );

/** What the order of two rows must be by one field, decided with single values and not with bytes. */
function comparison({ type, transform, descending, nullsFirst, values }: SortCase): (a: number, b: number) => number {
  const parsed = parseTransform(transform);
  const { codes, values: results } = transformColumn(parsed, type, columnOfValues(type, values), values.length);
  const resultOf = (row: number) => {
    // Partition values, being JSON, know one zero only.
    if (transform === 'identity' && typeof values[row] === 'number' && ['float32', 'float64'].includes(type.kind))
      return values[row];
    const result = results[codes[row]!]!;
    return typeof result === 'number' ? result : parsePartitionValue(result, type as PrimitiveColumnType);
  };
  return (a, b) => {
    const [left, right] = [resultOf(a), resultOf(b)];
    if (left === null || right === null) return left === right ? 0 : (left === null) === nullsFirst ? -1 : 1;
    const sign = descending ? -1 : 1;
    if (Number.isNaN(left) || Number.isNaN(right)) return sign * (Number(Number.isNaN(left)) - Number(Number.isNaN(right)));
    return sign * comparePartitionValues(left, right);
  };
}

/** The values of a column of a file, as tests write them. */
async function readColumn(bytes: Uint8Array, column: TestColumn['field']): Promise<TestValue[]> {
  const [values] = await readTable(bytes, [column]);
  return values!.map((value) => testValue(value, column.type));
}

function testValue(value: unknown, type: ColumnType): TestValue {
  if (value === null) return null;
  switch (type.kind) {
    case 'int64':
      return BigInt(value as string);
    case 'decimal':
      return BigInt((value as string).replace('.', ''));
    case 'date':
      return Date.parse(`${value}T00:00:00Z`) / 86_400_000;
    case 'timestamp':
      return BigInt(Date.parse(`${(value as string).slice(0, 19)}Z`)) * 1_000n;
    case 'binary':
      return new Uint8Array(Buffer.from(value as string, 'base64'));
    default:
      return value as string;
  }
}

const cases = fc
  .integer({ min: 1, max: 40 })
  .chain((rows) =>
    fc.record({ sort: fc.array(sortFields(rows), { minLength: 1, maxLength: 3 }), batchRows: fc.integer({ min: 1, max: rows }) }),
  );

describe('a writer of a sorted table', () => {
  it('sorts the rows of a file by every field, and keeps the order of equal ones', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ sort, batchRows }) => {
        const rows = sort[0]!.values.length;
        const columns: TestColumn[] = sort.map(({ type, values }, at) => ({ field: field(at + 2, `c${at}`, type), values }));
        const id = { field: field(1, 'row', int64, true), values: Array.from({ length: rows }, (_, row) => BigInt(row)) };
        const table = [id, ...columns];
        const fields = sort.map(({ transform, descending, nullsFirst }, at) => ({
          sourceId: at + 2,
          transform,
          descending,
          nullsFirst,
        }));
        const configuration = writerConfiguration(
          table.map((column) => column.field),
          { sortOrder: { id: 4, fields } },
        );
        const { outputs, files } = await writeTable(table, configuration, { batchRows });
        expect(files.map((file) => [file.rows, file.sortOrderId])).toEqual([[rows, 4]]);
        const [order] = await readTable(outputs.files.get(files[0]!.path)!, [id.field]);
        const comparisons = sort.map(comparison);
        const expected = Array.from({ length: rows }, (_, row) => row).sort((a, b) => {
          for (const compare of comparisons) {
            const result = compare(a, b);
            if (result !== 0) return result;
          }
          return a - b;
        });
        expect(order!.map(Number)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('moves all columns of a row together, nested ones too', async () => {
    const rows = 300;
    const numbers = Array.from({ length: rows }, (_, row) => BigInt((row * 7919) % rows));
    const list: ColumnType = { kind: 'list', element: field(4, 'element', string) };
    const struct: ColumnType = { kind: 'struct', fields: [field(6, 'a', { kind: 'boolean' }), field(7, 'b', string)] };
    const members = (number: bigint): TestValue =>
      number % 5n === 0n ? null : Array.from({ length: Number(number % 4n) }, (_, at) => (at === 1 ? null : `m${number}`));
    const table: TestColumn[] = [
      { field: field(1, 'n', int64), values: numbers },
      { field: field(3, 'list', list), values: numbers.map(members) },
      {
        field: field(5, 'struct', struct),
        values: numbers.map((n) => (n % 3n === 0n ? null : { a: n % 2n === 0n, b: `s${n}` })),
      },
    ];
    const sortOrder = { id: 1, fields: [{ sourceId: 1, transform: 'identity', descending: true, nullsFirst: false }] };
    const fields = table.map((column) => column.field);
    const { outputs, files } = await writeTable(table, writerConfiguration(fields, { sortOrder }), { batchRows: 32 });
    const read = await readTable(outputs.files.get(files[0]!.path)!, fields);
    const sorted = [...numbers].sort((a, b) => Number(b - a));
    expect(read[0]!.map(Number)).toEqual(sorted.map(Number));
    expect(read[1]).toEqual(sorted.map(members));
    expect(read[2]).toEqual(sorted.map((n) => (n % 3n === 0n ? null : { a: n % 2n === 0n, b: `s${n}` })));
  });

  const sortedBy = { id: 1, fields: [{ sourceId: 1, transform: 'identity', descending: false, nullsFirst: true }] };
  const small = { rowGroupBytes: 5000, sortOrder: sortedBy };

  it('goes on in the same file while rows come in order', async () => {
    const table = [{ field: field(1, 'n', int64), values: Array.from({ length: 20_000 }, (_, row) => BigInt(row)) }];
    const { files } = await writeTable(table, writerConfiguration([table[0]!.field], small), { batchRows: 700 });
    expect(files.map((file) => file.rows)).toEqual([20_000]);
    expect(files[0]!.splitOffsets.length).toBeGreaterThan(10);
  });

  it('begins another file where rows come before what the file holds: every file is sorted as a whole', async () => {
    const values = Array.from({ length: 20_000 }, (_, row) => BigInt((row * 7919) % 20_000));
    const table = [{ field: field(1, 'n', int64), values }];
    const { files, outputs } = await writeTable(table, writerConfiguration([table[0]!.field], small), { batchRows: 700 });
    expect(files.length).toBeGreaterThan(3);
    let rows = 0;
    for (const file of files) {
      const [read] = await readTable(outputs.files.get(file.path)!, [table[0]!.field]);
      const numbers = read!.map(Number);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(file.splitOffsets.length).toBeGreaterThan(1);
      rows += numbers.length;
    }
    expect(rows).toBe(20_000);
  });

  const days = (from: number, step: number, rows: number): number[] =>
    Array.from({ length: rows }, (_, row) => from + row * step);
  const texts = (prefix: string, rows: number): string[] => Array.from({ length: rows }, (_, row) => `${prefix}${row}`);

  it.each<[string, ColumnType, TestValue[]]>([
    ['year', date, [...days(19_723, 0, 3000), ...days(18_262, 0, 3000)]],
    ['year', date, [...days(0, 0, 3000), ...days(19_723, 0, 3000), ...days(-20_000, 1, 3000)]],
    ['month', date, [...days(19_723, 0, 3000), ...days(18_262, 1, 3000)]],
    ['day', date, [...days(19_723, 0, 3000), ...days(18_262, 0, 3000)]],
    [
      'hour',
      { kind: 'timestamp', unit: 'micros', zone: 'utc' },
      days(9_000, -1, 6000).map((hour) => BigInt(hour) * 3_600_000_000n),
    ],
    ['bucket[7]', int64, days(0, 0, 6000).map((_, row) => BigInt(row < 3000 ? 4 : row % 50))],
    ['truncate[1000]', int64, days(20_000, -7, 6000).map(BigInt)],
    ['truncate[100]', { kind: 'decimal', precision: 30, scale: 2 }, days(20_000, -7, 6000).map(BigInt)],
    ['truncate[1]', string, [...texts('b', 3000), ...texts('a', 3000), ...texts('b', 3000)]],
    ['truncate[2]', { kind: 'binary' }, texts('', 6000).map((text) => Uint8Array.of(0, 9 - Number(text.at(-1)), 1))],
    ['identity', string, [...texts('b', 3000), ...texts('a', 3000)]],
  ])('sorts each file as a whole over several buffers by %s', async (transform, type, values) => {
    for (const [descending, nullsFirst] of [
      [false, true],
      [true, false],
    ] as const) {
      const table = [{ field: field(1, 'a', type), values: [...values, null, ...values.slice(0, 500)] }];
      const fields = [{ sourceId: 1, transform, descending, nullsFirst }];
      const configuration = writerConfiguration([table[0]!.field], { rowGroupBytes: 5000, sortOrder: { id: 1, fields } });
      const { files, outputs } = await writeTable(table, configuration, { batchRows: 700 });
      // Otherwise one buffer held all.
      expect(files.reduce((sum, file) => sum + file.splitOffsets.length, 0)).toBeGreaterThan(4);
      let rows = 0;
      for (const file of files) {
        expect(file.sortOrderId).toBe(1);
        const read = await readColumn(outputs.files.get(file.path)!, table[0]!.field);
        const compare = comparison({ type, transform, descending, nullsFirst, values: read });
        const firstBehind = read.findIndex((_, row) => row > 0 && compare(row - 1, row) > 0);
        expect(firstBehind, `of ${read.length} rows`).toBe(-1);
        rows += read.length;
      }
      expect(rows).toBe(table[0]!.values.length);
    }
  });

  it('gives the same files however rows are cut into batches', async () => {
    const values = Array.from({ length: 3000 }, (_, row) => BigInt((row * 7919) % 500));
    const table = [{ field: field(1, 'n', int64), values }];
    const configuration = writerConfiguration([table[0]!.field], small);
    const [one, other] = [
      await writeTable(table, configuration, { batchRows: 100 }),
      await writeTable(table, configuration, { batchRows: 999 }),
    ];
    expect([...other.outputs.files]).toEqual([...one.outputs.files]);
  });
});
