import type { ColumnData } from '@calve/core/plugin';
import { giveBytesBack } from '@calve/core/plugin';
import type { AppendOnlyBuffer } from './column-buffer.ts';
import { grown } from './column-memory.ts';
import { expandBits } from './expand-bits.ts';
import type { Selection } from './selection.ts';
import { layoutMisfit, packBits, ValidityBuffer } from './validity-buffer.ts';

/** Values of one width, little endian. A boolean takes one byte here, 0 or 1. Anything may lie under a null. */
export class FixedBuffer extends ValidityBuffer implements AppendOnlyBuffer {
  /** Bytes per row, at least 1. */
  readonly width: number;
  /** Longer than `rows * width`; begins at a multiple of 8 of its `ArrayBuffer`, so that typed arrays can be laid over it. */
  values: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  readonly #isBit: boolean;

  /** @param width Of the column: 0 for one bit per row. */
  constructor(width: number) {
    super();
    this.#isBit = width === 0;
    this.width = width === 0 ? 1 : width;
  }

  get sizeBytes(): number {
    return this.rows * (this.width + 1);
  }

  append(column: ColumnData, selection: Selection): void {
    if (column.layout !== 'fixed' || column.width !== (this.#isBit ? 0 : this.width))
      throw layoutMisfit(`${this.#isBit ? 'bits' : `${this.width} bytes per row`}`, column);
    const from = this.rows;
    this.#reserve(selection.end - selection.start);
    this.appendValidity(column, selection);
    if (this.#isBit) this.#copyBits(column.values, selection, from);
    else if (selection.contiguous) {
      const first = selection.rows[selection.start]! * this.width;
      this.values.set(column.values.subarray(first, first + (this.rows - from) * this.width), from * this.width);
    } else this.#copyValues(column.values, selection, from);
  }

  override appendNulls(count: number): void {
    this.#reserve(count);
    super.appendNulls(count);
  }

  /** The rows as a column. It lies in this buffer's own memory: it holds until the buffer is changed. */
  asColumn(): ColumnData {
    const { rows, width, values } = this;
    if (this.#isBit) return { layout: 'fixed', width: 0, values: packBits(values, rows), ...this.packedValidity() };
    return { layout: 'fixed', width, values: values.subarray(0, rows * width), ...this.packedValidity() };
  }

  override release(): void {
    super.release();
    giveBytesBack(this.values);
    this.values = new Uint8Array(0);
  }

  #copyBits(bits: Uint8Array, { rows, start, end, contiguous }: Selection, from: number): void {
    const { values, valid } = this;
    if (contiguous) {
      expandBits(bits, rows[start]!, end - start, values, from);
      return;
    }
    for (let i = start, to = from; i < end; i++, to++) {
      const row = rows[i]!;
      values[to] = valid[to] === 0 ? 0 : (bits[row >> 3]! >> (row & 7)) & 1;
    }
  }

  #copyValues(source: Uint8Array, { rows, start, end }: Selection, from: number): void {
    const { values, valid, width } = this;
    for (let i = start, row = from, to = from * width; i < end; i++, row++) {
      const next = to + width;
      if (valid[row] === 0) for (; to < next; to++) values[to] = 0;
      else for (let at = rows[i]! * width; to < next; to++, at++) values[to] = source[at]!;
    }
  }

  #reserve(count: number): void {
    const needed = (this.rows + count) * this.width;
    if (needed > this.values.length) this.values = grown(this.values, this.rows * this.width, (needed + 15) & ~15);
  }
}
