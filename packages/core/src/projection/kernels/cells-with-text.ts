import { offsetInArena } from '../../columns/arena.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource } from './text-cells.ts';

/** Bytes of all cells that hold text. */
export function textBytesOf(cells: TextCells): number {
  const { states, starts, ends, rows, compiled: at } = cells;
  if (at.kernels !== null) return at.kernels.textBytes(at.starts, at.ends, at.states, rows);
  let total = 0;
  // Nulls come and go: a branch would be guessed wrong.
  for (let row = 0; row < rows; row++) total += (ends[row]! - starts[row]!) * hasText(states[row]!);
  return total;
}

/** The validity of a column once its cells are converted: nothing when every cell became a value. */
export function validityOf(cells: TextCells): { validity?: Uint8Array } {
  if (cells.nulls + cells.tooLong + cells.bad === 0) return {};
  const { states, rows, compiled: at } = cells;
  const validity = cells.takeColumn((rows + 7) >> 3);
  const validityAt = offsetInArena(validity);
  if (at.kernels !== null && validityAt >= 0) {
    at.kernels.cellValidity(at.states, rows, validityAt);
    return { validity };
  }
  for (let first = 0; first < rows; first += 8) {
    const count = Math.min(8, rows - first);
    let bits = 0;
    for (let bit = 0; bit < count; bit++) bits |= hasText(states[first + bit]!) << bit;
    validity[first >> 3] = bits;
  }
  return { validity };
}

const textStates = (1 << cellInSource) | (1 << cellInScratch);

/** 1 for the state of a cell that holds text, 0 for others. */
function hasText(state: number): number {
  return (textStates >> state) & 1;
}
