import type { ColumnData, Field } from '@calve/core/plugin';
import { appendColumn } from './append-column.ts';
import { ascendingRows } from './ascending-rows.ts';
import type { ColumnBuffer } from './column-buffer.ts';
import { createColumnBuffer } from './column-buffer.ts';
import { DictionaryBuffer, isRepeatedText } from './dictionary-buffer.ts';
import type { Selection } from './selection.ts';
import { selectedRows } from './selection.ts';

/** Rows that wait to become one row group: one buffer per column that is stored. */
export class RowGroupBuffer {
  readonly #fields: readonly Field[];
  readonly #columns: (ColumnBuffer | DictionaryBuffer)[];
  rows = 0;

  /** @param fields The columns that are stored, in table order. */
  constructor(fields: readonly Field[]) {
    this.#fields = fields;
    this.#columns = fields.map((field) => createColumnBuffer(field.type));
  }

  /** One per field. A column of which every part came as a dictionary stays one. */
  get columns(): readonly (ColumnBuffer | DictionaryBuffer)[] {
    return this.#columns;
  }

  /** What the rows take in memory, about. */
  get sizeBytes(): number {
    return this.#columns.reduce((sum, column) => sum + column.sizeBytes, 0);
  }

  /** @param columns One per column of the table; `null` where the batch has none: its rows become null. */
  append(columns: readonly (ColumnData | null)[], selection: Selection): void {
    for (const index of this.#columns.keys()) this.#append(index, columns[index] ?? null, selection);
    this.rows += selectedRows(selection);
  }

  /** A column with every value for itself. */
  plainColumn(index: number): ColumnBuffer {
    const buffer = this.#columns[index]!;
    if (!(buffer instanceof DictionaryBuffer)) return buffer;
    const plain = createColumnBuffer(this.#fields[index]!.type);
    const rows = ascendingRows(buffer.rows);
    if (buffer.rows > 0) appendColumn(plain, buffer.asColumn(), { rows, start: 0, end: buffer.rows, contiguous: true });
    this.#columns[index] = plain;
    buffer.release();
    return plain;
  }

  /** Forgets all rows and keeps the memory for the next ones. */
  clear(): void {
    this.rows = 0;
    for (const column of this.#columns) column.clear();
  }

  /** Forgets all rows and gives the memory back. More rows can be added afterwards. */
  release(): void {
    this.rows = 0;
    for (const column of this.#columns) column.release();
  }

  #append(index: number, column: ColumnData | null, selection: Selection): void {
    if (column === null) {
      this.#columns[index]!.appendNulls(selectedRows(selection));
      return;
    }
    if (!isRepeatedText(column)) {
      appendColumn(this.plainColumn(index), column, selection);
      return;
    }
    if (this.rows === 0) this.#beginDictionary(index);
    const buffer = this.#columns[index]!;
    if (!(buffer instanceof DictionaryBuffer)) {
      appendColumn(buffer, column, selection);
      return;
    }
    buffer.append(column, selection);
    if (buffer.isLarge) this.plainColumn(index);
  }

  #beginDictionary(index: number): void {
    const buffer = this.#columns[index]!;
    if (buffer instanceof DictionaryBuffer) return;
    buffer.release();
    this.#columns[index] = new DictionaryBuffer();
  }
}
