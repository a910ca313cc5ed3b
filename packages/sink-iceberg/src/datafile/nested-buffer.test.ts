import type { ColumnData, ColumnType } from '@calve/core/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createColumnBuffer } from './column-buffer.ts';
import { columnOfValues, type TestValue } from './testing/column-of-values.ts';
import { columnValues, field } from './testing/test-table.ts';

const int32: ColumnType = { kind: 'int32' };
const string: ColumnType = { kind: 'string' };
const flag: ColumnType = { kind: 'boolean' };
const pair: ColumnType = {
  kind: 'struct',
  fields: [field(2, 'number', int32), field(3, 'text', string), field(4, 'flag', flag)],
};
const type: ColumnType = {
  kind: 'struct',
  fields: [field(5, 'pair', pair), field(6, 'pairs', { kind: 'list', element: field(7, 'element', pair) })],
};

const optional = (values: fc.Arbitrary<TestValue>): fc.Arbitrary<TestValue> => fc.option(values, { nil: null, freq: 3 });
const pairs: fc.Arbitrary<TestValue> = fc.record({
  number: optional(fc.integer()),
  text: optional(fc.string()),
  flag: optional(fc.boolean()),
});
const values = fc.record({ pair: optional(pairs), pairs: optional(fc.array(optional(pairs), { maxLength: 4 })) });

/** The same column with null at every third row: what lies under it stays. */
function masked(column: ColumnData, rows: number): ColumnData {
  const validity = new Uint8Array((rows + 7) >> 3);
  for (let row = 0; row < rows; row++) {
    const has = column.validity === undefined || ((column.validity[row >> 3]! >> (row & 7)) & 1) === 1;
    if (has && row % 3 !== 1) validity[row >> 3]! |= 1 << (row & 7);
  }
  return { ...column, validity };
}

function withNullsOverValues(column: ColumnData, rows: number): ColumnData {
  if (column.layout === 'struct')
    return masked({ ...column, children: column.children.map((child) => withNullsOverValues(child, rows)) }, rows);
  if (column.layout === 'list')
    return masked({ ...column, element: withNullsOverValues(column.element, column.offsets[rows]!) }, rows);
  return column;
}

describe('a buffer of nested values', () => {
  it('takes rows as a reader of the column sees them, in one run or picked one by one, whatever lies under a null', () => {
    fc.assert(
      fc.property(
        fc.array(optional(values), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        fc.nat(39),
        fc.nat(39),
        (rows, isMasked, a, b) => {
          const plain = columnOfValues(type, rows);
          const column = isMasked ? withNullsOverValues(plain, rows.length) : plain;
          const start = Math.min(a, b, rows.length - 1);
          const end = Math.min(Math.max(a, b), rows.length - 1) + 1;
          const expected = columnValues(column, type, rows.length);
          const numbers = Int32Array.from(rows, (_, row) => row);

          const buffer = createColumnBuffer(type);
          buffer.append(column, { rows: numbers, start, end, contiguous: true });
          buffer.appendNulls(2);
          buffer.append(column, { rows: numbers.toReversed(), start: 0, end: rows.length, contiguous: false });
          buffer.append(column, { rows: numbers, start: 0, end: start, contiguous: true });
          const all = [...expected.slice(start, end), null, null, ...expected.toReversed(), ...expected.slice(0, start)];
          expect(columnValues(buffer.asColumn(), type, buffer.rows)).toStrictEqual(all);
          expect(buffer.nulls).toBe(all.filter((value) => value === null).length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
