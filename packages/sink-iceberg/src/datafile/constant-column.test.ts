import type { ColumnType } from '@calve/core/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SingleValue } from '../spec/single-value.ts';
import { constantColumn } from './constant-column.ts';
import { scalar } from './testing/arbitrary-table.ts';
import { columnOfValues } from './testing/column-of-values.ts';
import { columnValues } from './testing/test-table.ts';

describe('constantColumn', () => {
  it('holds the value in every row, of every type', () => {
    fc.assert(
      fc.property(
        scalar.chain(({ type, values }) => fc.tuple(fc.constant(type), fc.option(values))),
        fc.integer({ min: 0, max: 20 }),
        ([type, value], rows) => {
          const expected = columnValues(columnOfValues(type, Array(rows).fill(value)), type, rows);
          expect(columnValues(constantColumn(type, value as SingleValue | null, rows), type, rows)).toEqual(expected);
        },
      ),
    );
  });

  it('is null for nested types too', () => {
    const type: ColumnType = { kind: 'list', element: { id: 1, name: 'element', type: { kind: 'int32' }, required: false } };
    expect(columnValues(constantColumn(type, null, 2), type, 2)).toEqual([null, null]);
  });
});
