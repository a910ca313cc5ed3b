import { offsetInArena } from '../../columns/arena.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource } from './text-cells.ts';

/** Bytes of all cells that hold text. */
export function textBytesOf(cells: TextCells): number {
  const { states, starts, ends, rows, compiled: at } = cells;
  if (at.kernels !== null) return at.kernels.textBytes(at.starts, at.ends, at.states, rows);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const state = states[row];
    if (state === cellInSource || state === cellInScratch) total += ends[row]! - starts[row]!;
  }
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
  validity.fill(0);
  for (let row = 0; row < rows; row++) {
    const state = states[row];
    const bit = state === cellInSource || state === cellInScratch ? 1 : 0;
    validity[row >> 3]! |= bit << (row & 7);
  }
  return { validity };
}
