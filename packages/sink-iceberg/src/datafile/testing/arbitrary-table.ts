import type { ColumnData, ColumnType } from '@calve/core/plugin';
import fc from 'fast-check';
import type { TestValue } from './column-of-values.ts';
import type { TestColumn } from './test-table.ts';
import { field } from './test-table.ts';

const int32 = fc.oneof(fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31)), fc.integer());
const int64 = fc.oneof(
  fc.constantFrom(0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const float64 = fc.oneof(
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324),
  fc.double(),
);
const text = fc.oneof(
  fc.constantFrom('', 'null', '\u0000', 'Zürich', '\u{1f600}\u{10ffff}', 'x'.repeat(300)),
  fc.string({ unit: 'binary' }),
);
const bytes = (minLength: number, maxLength = minLength): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength }).map((value) => Uint8Array.from(value));
const unscaled = (precision: number): fc.Arbitrary<bigint> => {
  const max = 10n ** BigInt(precision) - 1n;
  return fc.oneof(fc.constantFrom(0n, max, -max), fc.bigInt({ min: -max, max }));
};

/** Every type that values can have, with what its values may be: the smallest, the largest, the empty, the odd. */
export const scalars: [ColumnType, fc.Arbitrary<TestValue>][] = [
  [{ kind: 'boolean' }, fc.boolean()],
  [{ kind: 'int32' }, int32],
  [{ kind: 'int64' }, int64],
  [{ kind: 'float32' }, fc.oneof(fc.constantFrom(0, -0, Number.NaN, Number.NEGATIVE_INFINITY), fc.float())],
  [{ kind: 'float64' }, float64],
  [{ kind: 'date' }, int32],
  [{ kind: 'time' }, fc.bigInt({ min: 0n, max: 86_399_999_999n })],
  [{ kind: 'timestamp', unit: 'micros', zone: 'none' }, int64],
  [{ kind: 'timestamp', unit: 'micros', zone: 'utc' }, int64],
  [{ kind: 'timestamp', unit: 'nanos', zone: 'utc' }, int64],
  [{ kind: 'decimal', precision: 9, scale: 2 }, unscaled(9)],
  [{ kind: 'decimal', precision: 18, scale: 0 }, unscaled(18)],
  [{ kind: 'decimal', precision: 19, scale: 19 }, unscaled(19)],
  [{ kind: 'decimal', precision: 38, scale: 10 }, unscaled(38)],
  [{ kind: 'string' }, text],
  [{ kind: 'binary' }, bytes(0, 40)],
  [{ kind: 'uuid' }, bytes(16)],
  [{ kind: 'fixed', bytes: 3 }, bytes(3)],
];

const nullable = (values: fc.Arbitrary<TestValue>): fc.Arbitrary<TestValue> => fc.option(values, { nil: null, freq: 4 });

/** A scalar type and its values. */
export const scalar: fc.Arbitrary<{ type: ColumnType; values: fc.Arbitrary<TestValue> }> = fc
  .constantFrom(...scalars)
  .map(([type, values]) => ({ type, values }));

/** A nested type of scalars, up to two levels deep. Ids begin at `id`. */
const nested = (id: number): fc.Arbitrary<{ type: ColumnType; values: fc.Arbitrary<TestValue> }> =>
  fc.tuple(scalar, scalar, fc.constantFrom('list', 'struct', 'map', 'lists', 'structs')).map(([a, b, shape]) => {
    const list = (element: ColumnType, of: number): ColumnType => ({ kind: 'list', element: field(of, 'element', element) });
    const members = (values: fc.Arbitrary<TestValue>): fc.Arbitrary<TestValue> => fc.array(nullable(values), { maxLength: 3 });
    const struct: ColumnType = { kind: 'struct', fields: [field(id, 'first', a.type), field(id + 1, '__proto__', b.type)] };
    // Built with defineProperty, since assigning to `__proto__` would do something else.
    const structs = fc.tuple(nullable(a.values), nullable(b.values)).map(
      ([first, second]) =>
        Object.fromEntries([
          ['first', first],
          ['__proto__', second],
        ]) as TestValue,
    );
    switch (shape) {
      case 'list':
        return { type: list(a.type, id), values: members(a.values) };
      case 'lists':
        return { type: list(list(a.type, id), id + 1), values: members(members(a.values)) };
      case 'struct':
        return { type: struct, values: structs };
      case 'structs':
        return { type: list(struct, id + 2), values: members(structs) };
      default:
        return {
          type: { kind: 'map', key: field(id, 'key', a.type, true), value: field(id + 1, 'value', b.type) },
          values: fc.array(fc.record({ key: a.values, value: nullable(b.values) }), { maxLength: 3 }) as fc.Arbitrary<TestValue>,
        };
    }
  });

/** Columns of any type with up to `maxRows` rows; every fourth value is null, unless the column is required. */
export function arbitraryTable(maxRows: number): fc.Arbitrary<TestColumn[]> {
  return fc
    .integer({ min: 1, max: maxRows })
    .chain((rows) =>
      fc
        .integer({ min: 1, max: 6 })
        .chain((count) =>
          fc.tuple(
            ...Array.from({ length: count }, (_, at) =>
              fc
                .tuple(fc.oneof({ weight: 3, arbitrary: scalar }, { weight: 1, arbitrary: nested(at * 10 + 2) }), fc.boolean())
                .chain(([{ type, values }, required]) =>
                  fc
                    .array(required ? values : nullable(values), { minLength: rows, maxLength: rows })
                    .map((column) => ({ field: field(at * 10 + 1, `column.${at}`, type, required), values: column })),
                ),
            ),
          ),
        ),
    ) as fc.Arbitrary<TestColumn[]>;
}

/** The same column in another layout: a dictionary, cells, or values that begin at an odd byte. */
export function otherLayout(column: ColumnData, rows: number, choice: number): ColumnData {
  if (choice % 3 === 0) return column;
  if (choice % 3 === 1) {
    const { validity, ...values } = column;
    const indexes = Int32Array.from({ length: rows }, (_, row) => row);
    return { layout: 'dictionary', indexes, values: values as ColumnData, ...(validity ? { validity } : {}) };
  }
  if (column.layout === 'offsets') {
    const { offsets, bytes: source, validity } = column;
    const starts = Uint32Array.from(offsets.subarray(0, rows));
    const ends = Uint32Array.from(offsets.subarray(1, rows + 1));
    return { layout: 'cells', source, starts, ends, escaping: 'none', ...(validity ? { validity } : {}) };
  }
  if (column.layout !== 'fixed') return column;
  const shifted = new Uint8Array(column.values.length + 1).subarray(1);
  shifted.set(column.values);
  return { ...column, values: shifted };
}
