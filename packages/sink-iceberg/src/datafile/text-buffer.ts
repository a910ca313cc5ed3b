import type { ColumnData } from '@calve/core/plugin';
import { copyBytes, createCellSlice, readCell } from '@calve/core/plugin';
import type { AppendOnlyBuffer } from './column-buffer.ts';
import type { Selection } from './selection.ts';
import { grown, layoutMisfit, ValidityBuffer } from './validity-buffer.ts';

/** Text or binary values: row `i` is `bytes[offsets[i], offsets[i + 1])`, empty under a null. */
export class TextBuffer extends ValidityBuffer implements AppendOnlyBuffer {
  offsets = new Int32Array(1);
  bytes = new Uint8Array(0);
  readonly #slice = createCellSlice();

  get sizeBytes(): number {
    return this.offsets[this.rows]! + this.rows * 5;
  }

  append(column: ColumnData, selection: Selection): void {
    if (column.layout !== 'offsets' && column.layout !== 'cells') throw layoutMisfit('offsets or cells', column);
    let row = this.rows;
    this.#reserve(selection.end - selection.start);
    this.appendValidity(column, selection);
    const { valid, offsets } = this;
    let length = offsets[row]!;
    for (let i = selection.start; i < selection.end; i++) {
      if (valid[row] === 1) {
        const { bytes, start, end } = readCell(column, selection.rows[i]!, this.#slice);
        const next = length + end - start;
        if (next > this.bytes.length) this.bytes = grown(this.bytes, next);
        copyBytes(bytes, start, end, this.bytes, length);
        length = next;
      }
      offsets[++row] = length;
    }
  }

  override appendNulls(count: number): void {
    this.#reserve(count);
    this.offsets.fill(this.offsets[this.rows]!, this.rows + 1, this.rows + count + 1);
    super.appendNulls(count);
  }

  /** The rows as a column. It lies in this buffer's own memory: it holds until the buffer is changed. */
  asColumn(): ColumnData {
    const { offsets, bytes, rows } = this;
    return { layout: 'offsets', offsets: offsets.subarray(0, rows + 1), bytes, ...this.packedValidity() };
  }

  #reserve(count: number): void {
    this.offsets = roomForOffsets(this.offsets, this.rows + count + 1);
  }
}

/** The same offsets, in an array of at least `needed`. */
export function roomForOffsets(offsets: Int32Array<ArrayBuffer>, needed: number): Int32Array<ArrayBuffer> {
  if (needed <= offsets.length) return offsets;
  const larger = new Int32Array(Math.max(needed, offsets.length * 2, 64));
  larger.set(offsets);
  return larger;
}
