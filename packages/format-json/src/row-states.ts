import { offsetInArena } from '@calve/core/plugin';
import { type CellRows, IS_NULL, IS_STRING } from './cell-rows.ts';
import { jsonKernels } from './json-kernels.ts';

/** True when some of the first `rows` rows are the text of a string. */
export function hasString({ states }: CellRows, rows: number): boolean {
  const at = offsetInArena(states);
  if (jsonKernels.current !== null && at >= 0) return jsonKernels.current.countState(at, rows, IS_STRING) > 0;
  return states.subarray(0, rows).includes(IS_STRING);
}

/** Which of the first `rows` rows have a value, as a bitmap of these rows that belongs to them; nothing when each has one. */
export function validityOf({ states, validity }: CellRows, rows: number): { validity?: Uint8Array } {
  const kernels = jsonKernels.current;
  const [at, bitsAt] = [offsetInArena(states), offsetInArena(validity)];
  const isCompiled = kernels !== null && at >= 0 && bitsAt >= 0;
  if (isCompiled ? kernels.countState(at, rows, IS_NULL) === 0 : !states.subarray(0, rows).includes(IS_NULL)) return {};
  const bits = validity.subarray(0, (rows + 7) >> 3);
  if (isCompiled) kernels.bitsWithout(at, rows, IS_NULL, bitsAt);
  else writeBits(states, rows, bits);
  return { validity: bits };
}

function writeBits(states: Uint8Array, rows: number, bits: Uint8Array): void {
  bits.fill(0);
  for (let row = 0; row < rows; row += 1) {
    if (states[row] !== IS_NULL) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
  }
}
