// Twin of packages/core/src/projection/kernels/float64.ts.
import { cellInScratch, textBase } from './cell-states.ts';
import { digitsOf, fewDigitsOf, notDigits, powerOfTen } from './digits.ts';

/** Up to it every integer is a floating point number. */
const largestExact: u64 = 9007199254740992;

/**
 * `[+-]?[0-9]{1,9}([.][0-9]{0,18})?` with up to 19 digits in all as the nearest float64, 8 bytes per row.
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
    if (whole < 1 || whole > 9 || digits > 18 || whole + digits > 19) return row;
    const high = whole <= 8 ? fewDigitsOf(point, whole) : digitsOf(point, whole);
    const fraction = fractionOf(end, digits);
    if (high == notDigits || fraction == notDigits) return row;
    const power = powerOfTen(digits);
    const number = <u64>(high * <i64>power + fraction);
    let value: f64;
    if (number <= largestExact) value = <f64>number / power;
    else {
      value = nearest(number, digits);
      if (value == 0) return row;
    }
    store<f64>(values + (row << 3), negative ? -value : value);
  }
  return -1;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function fractionOf(end: i32, digits: i32): i64 {
  if (digits <= 8) return digits == 0 ? 0 : fewDigitsOf(end, digits);
  const low = digitsOf(end, min(digits, 16));
  if (digits <= 16 || low == notDigits) return low;
  const high = fewDigitsOf(end - 16, digits - 16);
  return high == notDigits ? notDigits : high * 10000000000000000 + low;
}

/**
 * `number / 10^digits`, rounded once, or 0 where 64 bits of `10^-digits` do not tell to which side.
 *
 * No quotient lies right in the middle between two numbers: it would be an odd multiple of half a unit, which has 54 bits, and times `5^digits` exceeds
 * 64 bits.
 *
 * @param number Above 2^53. @param digits 7 to 18, as such a number has them behind nine digits.
 * @see Daniel Lemire, Number Parsing at a Gigabyte per Second: https://arxiv.org/abs/2101.11408
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function nearest(number: u64, digits: i32): f64 {
  const zeros = <i32>clz(number);
  const product = highProduct(number << zeros, inverseOfPower(digits));
  // Below the 55 bits that are needed: what is left out could carry only through ones.
  if ((product & 0x1ff) == 0x1ff) return 0;
  const top = <i32>(product >> 63);
  let mantissa = product >> (top + 9);
  mantissa = (mantissa + (mantissa & 1)) >> 1;
  // `(217706 * power) >> 16` is the power of two that is next below `10^power`.
  const exponent = ((-217706 * digits) >> 16) + 63 + top - zeros + 1023;
  // The highest bit of the mantissa counts one up in the exponent, and so does the bit above it when rounding made it.
  return reinterpret<f64>((<u64>(exponent - 1) << 52) + mantissa);
}

/** The upper half of the product. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function highProduct(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const middle = aLow * bHigh + ((aLow * bLow) >> 32);
  const other = aHigh * bLow + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (other >> 32);
}

/** The first 64 bits of `5^-digits`, and of `10^-digits` too; the rest is cut off. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function inverseOfPower(digits: i32): u64 {
  // prettier-ignore
  switch (digits) {
    case 7: return 0xd6bf94d5e57a42bc;
    case 8: return 0xabcc77118461cefc;
    case 9: return 0x89705f4136b4a597;
    case 10: return 0xdbe6fecebdedd5be;
    case 11: return 0xafebff0bcb24aafe;
    case 12: return 0x8cbccc096f5088cb;
    case 13: return 0xe12e13424bb40e13;
    case 14: return 0xb424dc35095cd80f;
    case 15: return 0x901d7cf73ab0acd9;
    case 16: return 0xe69594bec44de15b;
    case 17: return 0xb877aa3236a4b449;
    default: return 0x9392ee8e921d5d07;
  }
}
