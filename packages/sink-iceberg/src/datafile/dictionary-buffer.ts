import type { CellsColumn, ColumnData, DictionaryColumn, OffsetsColumn } from '@calve/core/plugin';
import { createCellSlice, readCell } from '@calve/core/plugin';
import type { RepeatedValues } from '../parquet/column-values.ts';
import { DistinctBytes } from '../spec/distinct-bytes.ts';
import { columnValues } from './flat-column.ts';
import type { Selection } from './selection.ts';
import { TextBuffer } from './text-buffer.ts';
import { ValidityBuffer } from './validity-buffer.ts';

const MOST_ENTRIES = 32_767;
const MOST_BYTES = 1024 * 1024;

/** A column of repeated texts or bytes as batches hold it. */
export type RepeatedText = DictionaryColumn & { values: OffsetsColumn | CellsColumn; validity?: Uint8Array };

/** True when a dictionary buffer can take the column as it is. */
export function isRepeatedText(column: ColumnData): column is RepeatedText {
  return column.layout === 'dictionary' && (column.values.layout === 'offsets' || column.values.layout === 'cells');
}

/** Texts or bytes that came as a dictionary and stay one: a row takes five bytes, however long its value is. */
export class DictionaryBuffer extends ValidityBuffer {
  #indexes = new Int32Array(0);
  readonly #entries = new TextBuffer();
  #distinct = new DistinctBytes();
  readonly #slice = createCellSlice();

  /** What the rows take, about. */
  get sizeBytes(): number {
    return this.rows * 5 + this.#entries.sizeBytes;
  }

  /** False: it would be smaller, or could only be written, with every value for itself. */
  get isWorthwhile(): boolean {
    const { rows, sizeBytes } = this.#entries;
    return rows > 0 && rows <= MOST_ENTRIES && sizeBytes <= MOST_BYTES && rows * 2 <= this.rows - this.nulls;
  }

  /** True when it has grown so far that no more rows should be added. */
  get isLarge(): boolean {
    return this.#entries.rows > MOST_ENTRIES || this.#entries.sizeBytes > MOST_BYTES;
  }

  /** Copies rows of a column; nothing of it is kept. */
  append(column: RepeatedText, selection: Selection): void {
    const from = this.rows;
    this.#reserve(selection.end - selection.start);
    this.appendValidity(column, selection);
    const { valid } = this;
    const indexes = this.#indexes;
    let last = -1;
    let entry = 0;
    for (let i = selection.start, row = from; i < selection.end; i++, row++) {
      if (valid[row] === 0) {
        indexes[row] = 0;
        continue;
      }
      const index = column.indexes[selection.rows[i]!]!;
      if (index !== last) {
        entry = this.#entryOf(column, index);
        last = index;
      }
      indexes[row] = entry;
    }
  }

  override appendNulls(count: number): void {
    this.#reserve(count);
    this.#indexes.fill(0, this.rows, this.rows + count);
    super.appendNulls(count);
  }

  /** The rows as a column. It lies in this buffer's own memory: it holds until the buffer is changed. */
  asColumn(): ColumnData {
    const indexes = this.#indexes.subarray(0, this.rows);
    return { layout: 'dictionary', indexes, values: this.#entries.asColumn(), ...this.packedValidity() };
  }

  /** The rows as the encoder takes them, in this buffer's own memory. */
  asRepeated(): RepeatedValues {
    const { rows, nulls, valid } = this;
    return { rows, nulls, valid, indexes: this.#indexes, entries: columnValues(this.#entries) };
  }

  /** The values that differ, in the order in which they first appeared. */
  get entries(): TextBuffer {
    return this.#entries;
  }

  override clear(): void {
    super.clear();
    this.#entries.clear();
    this.#distinct = new DistinctBytes();
  }

  override release(): void {
    super.release();
    this.#entries.release();
  }

  #entryOf({ values }: RepeatedText, index: number): number {
    const { bytes, start, end } = readCell(values, index, this.#slice);
    const entry = this.#distinct.numberOf(bytes, start, end);
    if (entry === this.#entries.rows) this.#entries.appendBytes(bytes, start, end);
    return entry;
  }

  #reserve(count: number): void {
    const needed = this.rows + count;
    if (needed <= this.#indexes.length) return;
    const larger = new Int32Array(Math.max(needed, this.#indexes.length * 2, 64));
    larger.set(this.#indexes);
    this.#indexes = larger;
  }
}
