import type { ColumnData } from '@calve/core/plugin';
import type { RowGroupBuffer } from './row-group-buffer.ts';
import type { BufferLimits } from './row-group-size.ts';
import { ROW_GROUP_STEP } from './row-group-size.ts';

/**
 * How far rows can be taken over at once: to the next step, or beyond it as far as the buffer cannot become full at a step before.
 *
 * @param columns One per stored column; `null` where there is none.
 * @param rows Ascending row numbers of the columns. @param start The first of them that is to come; there is one.
 * @returns Behind the last of `rows` that can be taken.
 */
export function rowsAtOnce(
  buffer: RowGroupBuffer,
  columns: readonly (ColumnData | null)[],
  rows: Int32Array,
  start: number,
  limits: BufferLimits,
): number {
  const step = Math.min(rows.length, start + ROW_GROUP_STEP - (buffer.rows % ROW_GROUP_STEP));
  const far = Math.min(rows.length, start + limits.rows - buffer.rows);
  if (far <= step) return step;
  let bytes = buffer.sizeBytes;
  for (const column of columns) bytes += mostBytes(column, rows[start]!, rows[far - 1]! + 1, far - start);
  return bytes < limits.bytes ? far : step;
}

/** The most that `count` of the rows `[first, end)` can take in a buffer. Infinite where it would have to be counted row by row. */
function mostBytes(column: ColumnData | null, first: number, end: number, count: number): number {
  switch (column?.layout) {
    case 'fixed':
      return count * (Math.max(1, column.width) + 1);
    case 'offsets':
      return column.offsets[end]! - column.offsets[first]! + count * 5;
    case 'struct':
      return column.children.reduce((sum, child) => sum + mostBytes(child, first, end, count), count);
    case 'list': {
      const firstMember = column.offsets[first]!;
      const endMember = column.offsets[end]!;
      return mostBytes(column.element, firstMember, endMember, endMember - firstMember) + count * 5;
    }
    default:
      return Number.POSITIVE_INFINITY;
  }
}
