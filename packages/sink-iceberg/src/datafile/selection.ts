/**
 * Rows that are copied out of a column, in this order: `rows[start, end)` are row numbers, -1 stands for null.
 * `contiguous`: they are numbers that follow each other, none of them -1.
 */
export interface Selection {
  rows: Int32Array;
  start: number;
  end: number;
  contiguous: boolean;
}

/** How many rows a selection has. */
export function selectedRows(selection: Selection): number {
  return selection.end - selection.start;
}
