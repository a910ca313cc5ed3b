import type { ColumnData } from '../columns/column-data.ts';
import { nullColumn } from '../columns/null-column.ts';
import type { ColumnRule } from './projection.ts';
import { repeated } from './provenance-column.ts';
import type { RowFailures } from './row-failures.ts';
import { singleValue } from './single-value.ts';
import { nullRule } from './strict-rules.ts';

/**
 * The same value in every row. Null works for every type, and rejects every row when the column is required; any other value is read
 * from its text by the strict grammar, so `5`, `"5"` and `"5.00"` are the same decimal.
 */
export function constantColumn(
  { target, value }: Extract<ColumnRule, { kind: 'constant' }>,
  rows: number,
  failures: RowFailures,
): ColumnData {
  const single = value === null ? null : singleValue(String(value), target.type);
  if (single !== null) return repeated(single, rows);
  if (target.required) for (let row = 0; row < rows; row++) failures.reject(row, target.name, `${target.name}:${nullRule}`);
  return nullColumn(target.type, rows);
}
