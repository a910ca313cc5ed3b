// Twins of packages/core/src/projection/kernels/int32.ts and int64.ts.
import { cellInScratch, textBase } from './cell-states.ts';
import { digitsOf, fewDigitsOf, notDigits } from './digits.ts';

/** `[+-]?[0-9]{1,16}` within 32 bits, 4 bytes per row; returns the first row that is anything else, -1 when none is left. */
export function int32Cells(source: i32, scratch: i32, starts: i32, ends: i32, states: i32, first: i32, rows: i32, values: i32): i32 {
  for (let row = first; row < rows; row++) {
    const state = <i32>load<u8>(states + row);
    if (<u32>(state - 1) >= <u32>cellInScratch) continue;
    const base = textBase(state, source, scratch);
    let at = base + load<i32>(starts + (row << 2));
    const end = base + load<i32>(ends + (row << 2));
    const sign = load<u8>(at);
    const negative = sign == 0x2d;
    if (negative || sign == 0x2b) at++;
    const count = end - at;
    if (count < 1 || count > 16) return row;
    const value = count <= 8 ? fewDigitsOf(end, count) : digitsOf(end, count);
    if (value == notDigits || value > (negative ? 0x80000000 : 0x7fffffff)) return row;
    store<i32>(values + (row << 2), <i32>(negative ? -value : value));
  }
  return -1;
}

/** `[+-]?[0-9]{1,18}`, 8 bytes per row; returns the first row that is anything else, -1 when none is left. */
export function int64Cells(source: i32, scratch: i32, starts: i32, ends: i32, states: i32, first: i32, rows: i32, values: i32): i32 {
  for (let row = first; row < rows; row++) {
    const state = <i32>load<u8>(states + row);
    if (<u32>(state - 1) >= <u32>cellInScratch) continue;
    const base = textBase(state, source, scratch);
    let at = base + load<i32>(starts + (row << 2));
    const end = base + load<i32>(ends + (row << 2));
    const sign = load<u8>(at);
    const negative = sign == 0x2d;
    if (negative || sign == 0x2b) at++;
    const count = end - at;
    if (count < 1 || count > 18) return row;
    let value: i64;
    if (count <= 16) {
      value = count <= 8 ? fewDigitsOf(end, count) : digitsOf(end, count);
      if (value == notDigits) return row;
    } else {
      const low = digitsOf(end, 16);
      const high = fewDigitsOf(end - 16, count - 16);
      if (low == notDigits || high == notDigits) return row;
      value = high * 10000000000000000 + low;
    }
    store<i64>(values + (row << 3), negative ? -value : value);
  }
  return -1;
}
