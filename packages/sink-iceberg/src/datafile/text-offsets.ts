import { offsetInArena } from '@calve/core/plugin';
import { encoderKernels } from '../parquet/encoder-kernels.ts';

/**
 * Continues offsets with those of rows that follow each other in another column.
 *
 * @param source Offsets of the other column. @param first Its first row that is taken.
 * @param offsets The end of each row that is added is written; that of the row before is there.
 * @param valid One byte per row that is added or was: 1 has a value, 0 null.
 * @param from First row that is added. @param to Behind the last.
 * @returns False: something lies under a null; what was written means nothing.
 */
export function continueOffsets(
  source: Int32Array,
  first: number,
  offsets: Int32Array,
  valid: Uint8Array,
  from: number,
  to: number,
): boolean {
  const shift = offsets[from]! - source[first]!;
  const compiled = encoderKernels.current;
  const read = offsetInArena(source);
  const written = offsetInArena(offsets);
  const has = offsetInArena(valid);
  if (compiled !== null && read >= 0 && written >= 0 && has >= 0)
    return compiled.shiftedOffsets(read + first * 4, has + from, to - from, shift, written + (from + 1) * 4) === 1;
  let previous = source[first]!;
  for (let row = from, next = first + 1; row < to; row++, next++) {
    const end = source[next]!;
    if (end !== previous && valid[row] === 0) return false;
    offsets[row + 1] = end + shift;
    previous = end;
  }
  return true;
}
