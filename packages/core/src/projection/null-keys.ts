import type { ColumnData } from '../columns/column-data.ts';
import { isValid } from '../columns/column-data.ts';
import type { RowFailures } from './row-failures.ts';
import { nullKeyRule } from './strict-rules.ts';

/**
 * Rejects the rows without a value in a key column, as `<column>:null-key`. A row whose value in it could not be typed has its code already.
 *
 * @param keys Of the projection; absent: none.
 * @param column What became of the column `name`, before rows are left out.
 */
export function rejectNullKeys(
  keys: readonly string[] | undefined,
  name: string,
  column: ColumnData,
  rows: number,
  failures: RowFailures,
): void {
  if (column.validity === undefined || !keys?.includes(name)) return;
  for (let row = 0; row < rows; row++)
    if (!isValid(column, row) && !failures.isRejectedBy(row, name)) failures.reject(row, name, `${name}:${nullKeyRule}`);
}
