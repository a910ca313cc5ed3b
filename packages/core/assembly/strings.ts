// Twin of packages/core/src/projection/kernels/string.ts.
import { cellInScratch, textBase } from './cell-states.ts';

/** Bytes of all cells that hold text. */
export function textBytes(starts: i32, ends: i32, states: i32, rows: i32): f64 {
  let total: i64 = 0;
  for (let row = 0; row < rows; row++) {
    if (<u32>(<i32>load<u8>(states + row) - 1) >= <u32>cellInScratch) continue;
    total += load<i32>(ends + (row << 2)) - load<i32>(starts + (row << 2));
  }
  return <f64>total;
}

/**
 * Copies the texts one behind the other, 16 bytes at a time: up to 15 bytes are read and written behind a text.
 *
 * @param offsets `rows + 1` times 4 bytes: where each text begins, and where the last ends.
 * @param bytes As many as `textBytes` said, and 15 more.
 */
export function textCells(source: i32, scratch: i32, starts: i32, ends: i32, states: i32, rows: i32, offsets: i32, bytes: i32): void {
  let to = bytes;
  store<i32>(offsets, 0);
  for (let row = 0; row < rows; row++) {
    const state = <i32>load<u8>(states + row);
    if (<u32>(state - 1) < <u32>cellInScratch) {
      const base = textBase(state, source, scratch);
      const start = base + load<i32>(starts + (row << 2));
      const length = base + load<i32>(ends + (row << 2)) - start;
      v128.store(to, v128.load(start));
      if (length > 16) {
        if (length > 256) memory.copy(to + 16, start + 16, length - 16);
        else for (let at = 16; at < length; at += 16) v128.store(to + at, v128.load(start + at));
      }
      to += length;
    }
    store<i32>(offsets + (row << 2) + 4, to - bytes);
  }
}
