// Twin of packages/core/src/projection/kernels/float64.ts.
import { cellInScratch, textBase } from './cell-states.ts';
import { digitsOf, fewDigitsOf, notDigits, powerOfTen } from './digits.ts';

/** Up to it every integer is a floating point number. */
const largestExact: i64 = 9007199254740992;

/**
 * `[+-]?[0-9]{1,9}([.][0-9]{0,18})?` as the nearest float64, 8 bytes per row.
 *
 * @returns The first row that is anything else, or lies too near to the middle between two numbers; -1 when none is left.
 */
export function float64Cells(source: i32, scratch: i32, starts: i32, ends: i32, states: i32, first: i32, rows: i32, values: i32): i32 {
  for (let row = first; row < rows; row++) {
    const state = <i32>load<u8>(states + row);
    if (<u32>(state - 1) >= <u32>cellInScratch) continue;
    const base = textBase(state, source, scratch);
    let at = base + load<i32>(starts + (row << 2));
    const end = base + load<i32>(ends + (row << 2));
    const sign = load<u8>(at);
    const negative = sign == 0x2d;
    if (negative || sign == 0x2b) at++;
    let point = at;
    while (point < end && load<u8>(point) != 0x2e) point++;
    const whole = point - at;
    const digits = point < end ? end - point - 1 : 0;
    if (whole < 1 || whole > 9 || digits > 18) return row;
    const high = whole <= 8 ? fewDigitsOf(point, whole) : digitsOf(point, whole);
    if (high == notDigits) return row;
    let value: f64;
    if (digits <= 9) {
      const fraction = digits == 0 ? 0 : digits <= 8 ? fewDigitsOf(end, digits) : digitsOf(end, digits);
      if (fraction == notDigits) return row;
      const power = powerOfTen(digits);
      const number = high * <i64>power + fraction;
      if (number > largestExact) return row;
      value = <f64>number / power;
    } else {
      const split = digits - 9;
      const start = digitsOf(end - split, 9);
      const rest = split <= 8 ? fewDigitsOf(end, split) : digitsOf(end, split);
      if (start == notDigits || rest == notDigits) return row;
      const number = high * 1000000000 + start;
      if (number > largestExact) return row;
      value = divideLong(<f64>number, powerOfTen(split), <f64>rest, powerOfTen(digits));
      if (value != value) return row;
    }
    store<f64>(values + (row << 3), negative ? -value : value);
  }
  return -1;
}

/** `(value * scale + rest) / divisor`, rounded once, or NaN: see `divideLong` of the twin. */
function divideLong(value: f64, scale: f64, rest: f64, divisor: f64): f64 {
  const product = value * scale;
  const missing = productError(value, scale, product) + rest;
  const dividend = product + missing;
  const dividendRest = missing - (dividend - product);
  const quotient = dividend / divisor;
  const back = quotient * divisor;
  const remainder = dividend - back - productError(quotient, divisor, back) + dividendRest;
  const correction = remainder / divisor;
  // 2^-100
  const doubt = quotient * 7.888609052210118e-31;
  const rounded = quotient + (correction + doubt);
  return rounded == quotient + (correction - doubt) ? rounded : NaN;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function productError(a: f64, b: f64, product: f64): f64 {
  const splitA = a * 134217729;
  const highA = splitA - (splitA - a);
  const lowA = a - highA;
  const splitB = b * 134217729;
  const highB = splitB - (splitB - b);
  const lowB = b - highB;
  return highA * highB - product + highA * lowB + lowA * highB + lowA * lowB;
}
