import { offsetInArena } from '@calve/core/plugin';
import { encoderKernels } from './encoder-kernels.ts';
import type { GrowingBytes } from './growing-bytes.ts';

/** Bits per index into a dictionary of this many entries; at least 1, which every reader knows. */
export function indexWidth(entries: number): number {
  return Math.max(1, 32 - Math.clz32(entries - 1));
}

/**
 * Appends indexes `[start, end)` as the values of a data page: their width, then one run, bit-packed, or repeated if all are the same.
 *
 * @param width Bits per index, 1 to 16.
 */
export function dictionaryIndexes(out: GrowingBytes, indexes: Uint16Array, start: number, end: number, width: number): void {
  out.byte(width);
  if (start === end) return;
  if (isConstant(indexes, start, end)) {
    const index = indexes[start]!;
    out.varint((end - start) * 2);
    out.byte(index & 0xff);
    if (width > 8) out.byte(index >> 8);
    return;
  }
  const groups = (end - start + 7) >> 3;
  out.varint(groups * 2 + 1);
  out.reserve(groups * width);
  packIndexes(indexes, start, end, width, out.bytes, out.length);
  out.length += groups * width;
}

function isConstant(indexes: Uint16Array, start: number, end: number): boolean {
  const compiled = encoderKernels.current;
  const offset = offsetInArena(indexes);
  if (compiled !== null && offset >= 0) return compiled.isConstant(offset, start, end) === 1;
  const first = indexes[start];
  for (let at = start + 1; at < end; at++) if (indexes[at] !== first) return false;
  return true;
}

/** Packs indexes least significant bit first; the last group of eight is filled with zeros. */
function packIndexes(indexes: Uint16Array, start: number, end: number, width: number, target: Uint8Array, first: number): void {
  const compiled = encoderKernels.current;
  const offset = offsetInArena(indexes);
  const page = offsetInArena(target);
  if (compiled !== null && offset >= 0 && page >= 0) {
    compiled.packIndexes(offset, start, end, width, page + first);
    return;
  }
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  const last = first + ((end - start + 7) >> 3) * width;
  let to = first;
  let bits = 0;
  let filled = 0;
  for (let at = start; at < end; at++) {
    // At most 15 bits are left over from before, so 31 at most are held.
    bits |= indexes[at]! << filled;
    filled += width;
    if (filled < 16) continue;
    view.setInt16(to, bits, true);
    to += 2;
    bits >>>= 16;
    filled -= 16;
  }
  while (to < last) {
    target[to++] = bits & 0xff;
    bits >>>= 8;
  }
}
