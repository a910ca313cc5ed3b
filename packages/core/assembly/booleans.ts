// Twin of packages/core/src/projection/kernels/boolean.ts.
import { cellInScratch, foldedTokenOf, textBase } from './cell-states.ts';

/**
 * Texts that are one of the tokens in any case of ASCII, a bit per row; the bits are zero before.
 *
 * @param tokens In lower case, with 1 for true.
 * @returns The first row that is anything else, -1 when none is left.
 */
export function booleanCells(
  source: i32,
  scratch: i32,
  starts: i32,
  ends: i32,
  states: i32,
  first: i32,
  rows: i32,
  values: i32,
  tokens: i32,
  tokenCount: i32,
): i32 {
  for (let row = first; row < rows; row++) {
    const state = <i32>load<u8>(states + row);
    if (<u32>(state - 1) >= <u32>cellInScratch) continue;
    const start = load<i32>(starts + (row << 2));
    const length = load<i32>(ends + (row << 2)) - start;
    const found = length > 16 ? -1 : foldedTokenOf(textBase(state, source, scratch) + start, length, tokens, tokenCount);
    if (found < 0) return row;
    const place = values + (row >> 3);
    store<u8>(place, load<u8>(place) | <u8>(found << (row & 7)));
  }
  return -1;
}
