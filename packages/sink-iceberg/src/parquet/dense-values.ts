import { offsetInArena } from '@calve/core/plugin';
import type { ColumnValues, RepeatedValues } from './column-values.ts';
import { encoderKernels } from './encoder-kernels.ts';
import { ReusableBytes } from './reusable-bytes.ts';

/** Leaves out the nulls of a column, as pages do. Its memory is used again for every column. */
export class DenseValues {
  readonly #memory = new ReusableBytes();

  /**
   * The values of the rows that have one, one after the other. Texts and bytes stay where they are, since nothing lies under a null: only their
   * offsets are moved together.
   *
   * @param width Bytes per value; texts have none.
   * @returns It holds until the next call. The column itself when it has no nulls.
   */
  of(column: ColumnValues, width: number): ColumnValues {
    const { rows, nulls, valid, bytes, offsets } = column;
    if (nulls === 0) return column;
    const count = rows - nulls;
    if (offsets === null) {
      const dense = this.#memory.take((count + 1) * width);
      copyPresent(bytes, width, valid, rows, dense);
      return { rows: count, nulls: 0, valid, bytes: dense, offsets };
    }
    const dense = this.#memory.takeInt32(count + 2);
    const from = bytesOf(offsets);
    copyPresent(from, 4, valid, rows, bytesOf(dense));
    dense[count] = offsets[rows]!;
    return { rows: count, nulls: 0, valid, bytes, offsets: dense };
  }

  /** Numbers of the entries that the rows with a value have. They hold until the next call. */
  indexesOf({ rows, nulls, valid, indexes }: RepeatedValues): Uint16Array {
    const dense = this.#memory.takeUint16(rows - nulls + 1);
    const compiled = encoderKernels.current;
    const from = offsetInArena(indexes);
    const to = offsetInArena(dense);
    const has = nulls === 0 ? 0 : offsetInArena(valid);
    if (compiled !== null && from >= 0 && to >= 0 && has >= 0) compiled.denseIndexes(from, has, rows, to);
    else
      for (let row = 0, count = 0; row < rows; row++) {
        dense[count] = indexes[row]!;
        count += nulls === 0 ? 1 : valid[row]!;
      }
    return dense.subarray(0, rows - nulls);
  }

  /** Gives the memory back; it can be used again afterwards. */
  release(): void {
    this.#memory.release();
  }
}

/**
 * Number of the row in which the value with this place among those of `DenseValues` stands.
 *
 * @param place 0-based; -1, for none, stays.
 */
export function presentRow({ rows, nulls, valid }: Pick<ColumnValues, 'rows' | 'nulls' | 'valid'>, place: number): number {
  if (nulls === 0 || place === -1) return place;
  // It stands in [start, end), with so many values before it. By halves: counting is compiled, a loop over the rows is not.
  let [start, end, before] = [0, rows, place];
  while (end - start > 1) {
    const middle = (start + end) >> 1;
    const present = countPresent(valid, start, middle);
    if (before < present) end = middle;
    else [start, before] = [middle, before - present];
  }
  return start;
}

/** How many of the rows `[start, end)` have a value. @param valid One byte per row: 1 has one, 0 null. */
export function countPresent(valid: Uint8Array, start: number, end: number): number {
  const compiled = encoderKernels.current;
  const at = offsetInArena(valid);
  if (compiled !== null && at >= 0) return compiled.countOnes(at + start, end - start);
  let count = 0;
  for (let row = start; row < end; row++) count += valid[row]!;
  return count;
}

/** `target` has room for one value more than are copied. */
function copyPresent(values: Uint8Array, width: number, valid: Uint8Array, rows: number, target: Uint8Array<ArrayBuffer>): void {
  const compiled = encoderKernels.current;
  const from = offsetInArena(values);
  const has = offsetInArena(valid);
  const to = offsetInArena(target);
  if (compiled !== null && from >= 0 && has >= 0 && to >= 0) compiled.denseValues(from, width, has, rows, to);
  else if (width % 4 === 0) copyWords(wordsOf(values), width >> 2, valid, rows, wordsOf(target));
  else copyBytes(values, width, valid, rows, target);
}

function copyWords(words: Int32Array, width: number, valid: Uint8Array, rows: number, target: Int32Array): void {
  // Always written, kept only where there is a value: no branch for the processor to guess.
  let to = 0;
  if (width === 1)
    for (let row = 0; row < rows; row++) {
      target[to] = words[row]!;
      to += valid[row]!;
    }
  else if (width === 2)
    for (let row = 0; row < rows; row++) {
      target[to] = words[row * 2]!;
      target[to + 1] = words[row * 2 + 1]!;
      to += valid[row]! << 1;
    }
  else
    for (let row = 0; row < rows; row++) {
      if (valid[row] === 0) continue;
      for (let word = row * width; word < (row + 1) * width; word++) target[to++] = words[word]!;
    }
}

function copyBytes(values: Uint8Array, width: number, valid: Uint8Array, rows: number, target: Uint8Array): void {
  let to = 0;
  for (let row = 0; row < rows; row++) {
    if (valid[row] === 0) continue;
    for (let at = row * width; at < (row + 1) * width; at++) target[to++] = values[at]!;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength >> 2);
}
