// Digits of ASCII, eight at a time in a 64-bit word: the first of them is its lowest byte.

/** What `digitsOf` answers for bytes that are not all digits. */
export const notDigits: i64 = -1;

/** True when each of the eight bytes is `0` to `9`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function areDigits(word: u64): bool {
  // A digit has the upper half 3, and still has it when 6 is added.
  return ((word & 0xf0f0f0f0f0f0f0f0) | (((word + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) == 0x3333333333333333;
}

/** The number that eight digits are: pairs, then fours, then all, each with one multiplication. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function eightDigits(word: u64): u64 {
  const pairs = (((word & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8) & 0x00ff00ff00ff00ff;
  const fours = ((pairs * 6553601) >> 16) & 0x0000ffff0000ffff;
  return (fours * 42949672960001) >> 32;
}

/** The last `count` bytes before `end`, 1 to 8, as a word with zeros in front; reads eight bytes before `end` whatever they are. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function paddedWord(end: i32, count: i32): u64 {
  const others = <u64>((8 - count) << 3);
  return ((load<u64>(end - 8) >> others) << others) | (<u64>0x0030303030303030 >> <u64>((count - 1) << 3));
}

/** The number that the last `count` bytes before `end` are, 1 to 8, or `notDigits`. There are eight bytes of memory before `end`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function fewDigitsOf(end: i32, count: i32): i64 {
  const word = paddedWord(end, count);
  return areDigits(word) ? <i64>eightDigits(word) : notDigits;
}

/**
 * The number that the last `count` bytes before `end` are, or `notDigits`.
 *
 * @param count 0 to 16. There are eight bytes of memory before the first.
 */
export function digitsOf(end: i32, count: i32): i64 {
  if (count <= 8) return count == 0 ? 0 : fewDigitsOf(end, count);
  const low = load<u64>(end - 8);
  const high = paddedWord(end - 8, count - 8);
  return areDigits(low) && areDigits(high) ? <i64>(eightDigits(high) * 100000000 + eightDigits(low)) : notDigits;
}

/** A power of ten up to 10^18. */
export function integerPowerOfTen(power: i32): i64 {
  let value: i64 = 1;
  for (let index = 0; index < power; index++) value *= 10;
  return value;
}

/** A power of ten up to 10^18 as a floating point number, which is exact. */
export function powerOfTen(power: i32): f64 {
  switch (power) {
    case 0: return 1;
    case 1: return 1e1;
    case 2: return 1e2;
    case 3: return 1e3;
    case 4: return 1e4;
    case 5: return 1e5;
    case 6: return 1e6;
    case 7: return 1e7;
    case 8: return 1e8;
    case 9: return 1e9;
    case 10: return 1e10;
    case 11: return 1e11;
    case 12: return 1e12;
    case 13: return 1e13;
    case 14: return 1e14;
    case 15: return 1e15;
    case 16: return 1e16;
    case 17: return 1e17;
    default: return 1e18;
  }
}
