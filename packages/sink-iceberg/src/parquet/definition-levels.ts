import { offsetInArena } from '@calve/core/plugin';
import { encoderKernels } from './encoder-kernels.ts';
import type { GrowingBytes } from './growing-bytes.ts';
import { writeUint32 } from './growing-bytes.ts';

/**
 * Appends the definition levels of rows `[start, end)` of an optional column at the first level, as data pages of version 1 have
 * them: the length, then one run.
 *
 * @param valid One byte per row: 1 has a value, 0 null.
 * @param values How many of the rows have a value.
 */
export function definitionLevels(out: GrowingBytes, valid: Uint8Array, start: number, end: number, values: number): void {
  const rows = end - start;
  const lengthAt = out.length;
  out.uint32(0);
  if (values === 0 || values === rows) {
    out.varint(rows * 2);
    out.byte(values === 0 ? 0 : 1);
  } else {
    const groups = (rows + 7) >> 3;
    out.varint(groups * 2 + 1);
    out.reserve(groups);
    packBytes(valid, start, end, out.bytes, out.length);
    out.length += groups;
  }
  writeUint32(out.bytes, lengthAt, out.length - lengthAt - 4);
}

/** Packs bytes that are 0 or 1 as bits, least significant first, the last byte filled with zeros. `target` has room for them. */
export function packBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  const compiled = encoderKernels.current;
  const values = offsetInArena(source);
  const bits = offsetInArena(target);
  if (compiled !== null && values >= 0 && bits >= 0) {
    compiled.packBytes(values + start, end - start, bits + at);
    return;
  }
  let from = start;
  let to = at;
  for (const whole = end - 7; from < whole; from += 8)
    target[to++] =
      source[from]! |
      (source[from + 1]! << 1) |
      (source[from + 2]! << 2) |
      (source[from + 3]! << 3) |
      (source[from + 4]! << 4) |
      (source[from + 5]! << 5) |
      (source[from + 6]! << 6) |
      (source[from + 7]! << 7);
  if (from === end) return;
  let last = 0;
  for (let bit = 0; from < end; from++, bit++) last |= source[from]! << bit;
  target[to] = last;
}
