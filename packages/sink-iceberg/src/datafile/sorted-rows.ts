import { compareBytes } from '../spec/bounds.ts';
import type { RowGroupBuffer } from './row-group-buffer.ts';
import type { SortKeys, SortPlanField } from './sort-keys.ts';
import { sortKeys } from './sort-keys.ts';

/** The rows of a buffer in their order. */
export interface SortedRows {
  /** Row numbers of the buffer. Rows with equal keys keep their order. */
  order: Int32Array;
  /** Keys of the first and the last of them, in memory of their own. */
  first: Uint8Array;
  last: Uint8Array;
}

/** Sorts the rows of a buffer, which is not changed. @param buffer With one row or more. */
export function sortRows(plan: readonly SortPlanField[], buffer: RowGroupBuffer): SortedRows {
  const keys = sortKeys(plan, buffer);
  const { rows } = buffer;
  const heads = keyHeads(keys, rows);
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  order.sort((a, b) => heads[a]! - heads[b]! || compareKeys(keys, a, b) || a - b);
  const keyOf = (row: number): Uint8Array => keys.bytes.slice(keys.offsets[row]!, keys.offsets[row + 1]!);
  return { order, first: keyOf(order[0]!), last: keyOf(order[rows - 1]!) };
}

/** True when a row with the key `next` may follow one with the key `last`. */
export function mayFollow(last: Uint8Array, next: Uint8Array): boolean {
  return compareBytes(last, next) <= 0;
}

const HEAD = 6;

/** The first six bytes of every key as one number, which settles most comparisons. */
function keyHeads({ bytes, offsets }: SortKeys, rows: number): Float64Array {
  const heads = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = offsets[row]!;
    const end = offsets[row + 1]!;
    let head = 0;
    for (let at = start; at < start + HEAD; at++) head = head * 256 + (at < end ? bytes[at]! : 0);
    heads[row] = head;
  }
  return heads;
}

function compareKeys({ bytes, offsets }: SortKeys, a: number, b: number): number {
  const [aStart, bStart] = [offsets[a]!, offsets[b]!];
  const [aLength, bLength] = [offsets[a + 1]! - aStart, offsets[b + 1]! - bStart];
  const length = Math.min(aLength, bLength);
  for (let at = 0; at < length; at++) {
    const difference = bytes[aStart + at]! - bytes[bStart + at]!;
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}
