import type { ColumnData, OffsetsColumn } from '@calve/core/plugin';
import { copyBytes, createCellSlice, giveBytesBack, readCell } from '@calve/core/plugin';
import type { AppendOnlyBuffer } from './column-buffer.ts';
import { grown, grownOffsets } from './column-memory.ts';
import type { Selection } from './selection.ts';
import { continueOffsets } from './text-offsets.ts';
import { layoutMisfit, ValidityBuffer } from './validity-buffer.ts';

/** Text or binary values: row `i` is `bytes[offsets[i], offsets[i + 1])`, empty under a null. */
export class TextBuffer extends ValidityBuffer implements AppendOnlyBuffer {
  offsets: Int32Array<ArrayBuffer> = new Int32Array(1);
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  readonly #slice = createCellSlice();

  get sizeBytes(): number {
    return this.offsets[this.rows]! + this.rows * 5;
  }

  append(column: ColumnData, selection: Selection): void {
    if (column.layout !== 'offsets' && column.layout !== 'cells') throw layoutMisfit('offsets or cells', column);
    let row = this.rows;
    this.#reserve(selection.end - selection.start);
    this.appendValidity(column, selection);
    if (column.layout === 'offsets' && selection.contiguous && this.#appendRun(column, selection.rows[selection.start]!, row))
      return;
    const { valid, offsets } = this;
    let length = offsets[row]!;
    for (let i = selection.start; i < selection.end; i++) {
      if (valid[row] === 1) {
        const { bytes, start, end } = readCell(column, selection.rows[i]!, this.#slice);
        const next = length + end - start;
        if (next > this.bytes.length) this.bytes = grown(this.bytes, length, next);
        copyBytes(bytes, start, end, this.bytes, length);
        length = next;
      }
      offsets[++row] = length;
    }
  }

  /** Appends one value. */
  appendBytes(source: Uint8Array, start: number, end: number): void {
    const length = this.offsets[this.rows]!;
    const next = length + end - start;
    if (next > this.bytes.length) this.bytes = grown(this.bytes, length, next);
    copyBytes(source, start, end, this.bytes, length);
    this.#reserve(1);
    this.appendValid();
    this.offsets[this.rows] = next;
  }

  override appendNulls(count: number): void {
    this.#reserve(count);
    this.offsets.fill(this.offsets[this.rows]!, this.rows + 1, this.rows + count + 1);
    super.appendNulls(count);
  }

  override release(): void {
    super.release();
    giveBytesBack(this.offsets);
    giveBytesBack(this.bytes);
    this.offsets = new Int32Array(1);
    this.bytes = new Uint8Array(0);
  }

  /** The rows as a column. It lies in this buffer's own memory: it holds until the buffer is changed. */
  asColumn(): ColumnData {
    const { offsets, bytes, rows } = this;
    return { layout: 'offsets', offsets: offsets.subarray(0, rows + 1), bytes, ...this.packedValidity() };
  }

  /**
   * Copies rows of a column that follow each other at once, for which nothing may lie under a null.
   *
   * @param first The first of them. @param to Where it goes; it is the first row without an offset.
   * @returns False: something lies under a null, and nothing was copied.
   */
  #appendRun({ offsets: source, bytes }: OffsetsColumn, first: number, to: number): boolean {
    const { valid, offsets, rows } = this;
    if (!continueOffsets(source, first, offsets, valid, to, rows)) return false;
    const length = offsets[to]!;
    const start = source[first]!;
    const end = source[first + rows - to]!;
    const needed = length + end - start;
    if (needed > this.bytes.length) this.bytes = grown(this.bytes, length, needed);
    this.bytes.set(bytes.subarray(start, end), length);
    return true;
  }

  #reserve(count: number): void {
    const needed = this.rows + count + 1;
    if (needed > this.offsets.length) this.offsets = grownOffsets(this.offsets, this.rows + 1, needed);
  }
}
