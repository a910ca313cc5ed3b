import type { ColumnData, Field } from '@calve/core/plugin';
import { appendColumn } from './append-column.ts';
import type { ColumnBuffer } from './column-buffer.ts';
import { createColumnBuffer } from './column-buffer.ts';
import type { Selection } from './selection.ts';
import { selectedRows } from './selection.ts';

/** Rows that wait to become one row group: one buffer per column that is stored. */
export class RowGroupBuffer {
  readonly columns: readonly ColumnBuffer[];
  rows = 0;

  /** @param fields The columns that are stored, in table order. */
  constructor(fields: readonly Field[]) {
    this.columns = fields.map((field) => createColumnBuffer(field.type));
  }

  /** What the rows take in memory, about. */
  get sizeBytes(): number {
    return this.columns.reduce((sum, column) => sum + column.sizeBytes, 0);
  }

  /** @param columns One per column of the table; `null` where the batch has none: its rows become null. */
  append(columns: readonly (ColumnData | null)[], selection: Selection): void {
    for (const [index, buffer] of this.columns.entries()) {
      const column = columns[index] ?? null;
      if (column === null) buffer.appendNulls(selectedRows(selection));
      else appendColumn(buffer, column, selection);
    }
    this.rows += selectedRows(selection);
  }

  /** Forgets all rows and keeps the memory for the next ones. */
  clear(): void {
    this.rows = 0;
    for (const column of this.columns) column.clear();
  }
}
