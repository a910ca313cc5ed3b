import { offsetInArena } from '@calve/core/plugin';
import { encoderKernels } from '../parquet/encoder-kernels.ts';

/**
 * Writes a byte, 0 or 1, for each bit, least significant first.
 *
 * @param first Bit that is taken first. @param count How many are.
 * @param target Written from `at` on.
 * @returns How many are 1.
 */
export function expandBits(bits: Uint8Array, first: number, count: number, target: Uint8Array, at: number): number {
  const compiled = encoderKernels.current;
  const from = offsetInArena(bits);
  const to = offsetInArena(target);
  if (compiled !== null && from >= 0 && to >= 0) return compiled.expandBits(from, first, count, to + at);
  let ones = 0;
  for (let bit = first, byte = at; bit < first + count; bit++, byte++) {
    const one = (bits[bit >> 3]! >> (bit & 7)) & 1;
    target[byte] = one;
    ones += one;
  }
  return ones;
}
