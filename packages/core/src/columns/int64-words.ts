const two16 = 65_536;
const two32 = 0x1_0000_0000;

/**
 * Writes `high * 10^9 + low` as a 64-bit integer, little endian, without a bigint.
 *
 * @param high 0 to 2^34, an integer.
 * @param low 0 to 10^9, an integer.
 * @param negative Writes the negated value.
 * @returns False, and nothing is written, when the value does not fit 64 bits with sign.
 */
export function writeInt64Digits(view: DataView, at: number, high: number, low: number, negative: boolean): boolean {
  // Up to 2^53 the value is exact as it is; most integers end here.
  if (high < 9_000_000) {
    const value = high * 1e9 + low;
    writeInt64Number(view, at, negative ? -value : value);
    return true;
  }
  // The lower half wraps around as 32-bit numbers do; the upper one is the nearest multiple of 2^32 to what is left, which is rounded by less.
  const lowWord = (Math.imul(high | 0, 1e9) + low) >>> 0;
  const highWord = Math.round((high * 1e9 + low - lowWord) / two32);
  if (highWord >= 0x8000_0000 && !(negative && highWord === 0x8000_0000 && lowWord === 0)) return false;
  if (negative) {
    view.setInt32(at, -lowWord | 0, true);
    view.setInt32(at + 4, (~highWord + (lowWord === 0 ? 1 : 0)) | 0, true);
  } else {
    view.setInt32(at, lowWord | 0, true);
    view.setInt32(at + 4, highWord, true);
  }
  return true;
}

/**
 * Writes `seconds * 10^6 + micros` as a 64-bit integer, little endian, without a bigint.
 *
 * @param seconds An integer of either sign, as far as the result fits: up to 9,223,372,036,854 in size.
 * @param micros 0 to 999,999.
 */
export function writeInt64Micros(view: DataView, at: number, seconds: number, micros: number): void {
  // Exact as it is from 1685 to 2255.
  if (seconds > -9e9 && seconds < 9e9) {
    writeInt64Number(view, at, seconds * 1e6 + micros);
    return;
  }
  const whole = Math.floor(seconds / two16);
  const lower = (seconds - whole * two16) * 1e6 + micros;
  const carry = Math.floor(lower / two16);
  const upper = whole * 1e6 + carry;
  const highWord = Math.floor(upper / two16);
  view.setUint32(at, (upper - highWord * two16) * two16 + (lower - carry * two16), true);
  view.setInt32(at + 4, highWord, true);
}

/**
 * Writes `seconds * 10^9 + nanos` as a 64-bit integer, little endian, without a bigint.
 *
 * @param seconds An integer of either sign.
 * @param nanos 0 to 999,999,999.
 * @returns False, and nothing is written, when the value does not fit 64 bits with sign.
 */
export function writeInt64Nanos(view: DataView, at: number, seconds: number, nanos: number): boolean {
  if (seconds < -9_223_372_037 || seconds > 9_223_372_036) return false;
  if (seconds >= 0) return writeInt64Digits(view, at, seconds, nanos, false);
  return nanos === 0
    ? writeInt64Digits(view, at, -seconds, 0, true)
    : writeInt64Digits(view, at, -seconds - 1, 1_000_000_000 - nanos, true);
}

/** Writes a safe integer of either sign as a 64-bit integer, little endian. */
export function writeInt64Number(view: DataView, at: number, value: number): void {
  // The lower half of a two's complement, also of numbers beyond 32 bits; what is left is a multiple of 2^32.
  const lowWord = value | 0;
  view.setInt32(at, lowWord, true);
  view.setInt32(at + 4, (value - (lowWord >>> 0)) / two32, true);
}
