// Twin of packages/core/src/projection/kernels/decimal.ts.
import { cellInScratch, textBase } from './cell-states.ts';
import { digitsOf, fewDigitsOf, integerPowerOfTen, notDigits } from './digits.ts';

/**
 * `[+-]?[0-9]{1,16}([.][0-9]{0,16})?` of at most 18 digits once the fraction has as many as the scale, and of as many at most.
 *
 * @param precision Up to 38; from 19 on a value takes 16 bytes, else 8.
 * @returns The first row that is anything else or has too many digits, -1 when none is left.
 */
export function decimalCells(
  source: i32,
  scratch: i32,
  starts: i32,
  ends: i32,
  states: i32,
  first: i32,
  rows: i32,
  values: i32,
  precision: i32,
  scale: i32,
): i32 {
  const isWide = precision > 18;
  const limit: i64 = isWide ? i64.MAX_VALUE : integerPowerOfTen(precision);
  const one: i64 = scale > 18 ? 0 : integerPowerOfTen(scale);
  for (let row = first; row < rows; row++) {
    const state = <i32>load<u8>(states + row);
    if (<u32>(state - 1) >= <u32>cellInScratch) continue;
    const base = textBase(state, source, scratch);
    let at = base + load<i32>(starts + (row << 2));
    const end = base + load<i32>(ends + (row << 2));
    const sign = load<u8>(at);
    const negative = sign == 0x2d;
    if (negative || sign == 0x2b) at++;
    // Most have exactly the digits of the scale behind the point.
    let point = end - scale - 1;
    if (point <= at || load<u8>(point) != 0x2e) {
      point = at;
      while (point < end && load<u8>(point) != 0x2e) point++;
    }
    const whole = point - at;
    const digits = point < end ? end - point - 1 : 0;
    if (whole < 1 || whole > 16 || digits > scale || digits > 16 || whole + scale > 18) return row;
    const high = whole <= 8 ? fewDigitsOf(point, whole) : digitsOf(point, whole);
    const low = digits == 0 ? 0 : digits <= 8 ? fewDigitsOf(end, digits) : digitsOf(end, digits);
    if (high == notDigits || low == notDigits) return row;
    let value = high * one + (digits == scale ? low : low * integerPowerOfTen(scale - digits));
    if (value >= limit) return row;
    if (negative) value = -value;
    if (isWide) {
      store<i64>(values + (row << 4), value);
      store<i64>(values + (row << 4) + 8, value >> 63);
    } else store<i64>(values + (row << 3), value);
  }
  return -1;
}
