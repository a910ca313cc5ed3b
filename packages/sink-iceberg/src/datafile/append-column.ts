import type { ColumnData } from '@calve/core/plugin';
import type { AppendOnlyBuffer } from './column-buffer.ts';
import type { Selection } from './selection.ts';

/**
 * Copies rows of a column of any layout.
 *
 * @throws {CalveError} `INTERNAL`: the layout is none that the column's type may have.
 */
export function appendColumn(buffer: AppendOnlyBuffer, column: ColumnData, selection: Selection): void {
  if (column.layout !== 'dictionary') {
    buffer.append(column, selection);
    return;
  }
  const { indexes, validity } = column;
  const count = selection.end - selection.start;
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const row = selection.rows[selection.start + i]!;
    const isNull = row === -1 || (validity !== undefined && (validity[row >> 3]! & (1 << (row & 7))) === 0);
    rows[i] = isNull ? -1 : indexes[row]!;
  }
  // The validity of the entries means nothing: the column's own counts.
  const { validity: _, ...entries } = column.values;
  appendColumn(buffer, entries as ColumnData, { rows, start: 0, end: count, contiguous: false });
}
