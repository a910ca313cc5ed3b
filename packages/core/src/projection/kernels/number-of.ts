import type { NumberScan } from './scan-number.ts';

/** Exact in float64. */
export const powersOfTen = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/**
 * The float64 nearest to a scanned number.
 *
 * Up to 15 digits and a power of ten up to 10^22 are exact in float64, so one multiplication or division rounds correctly; everything
 * else goes through a string.
 *
 * @see W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990.
 */
export function numberOf(number: NumberScan, bytes: Uint8Array, start: number, end: number): number {
  const power = number.exponent - (number.fractionEnd - number.fractionStart);
  if (number.digits - number.leadingZeros > 15 || power < -22 || power > 22) return Number(asciiText(bytes, start, end));
  let value = 0;
  for (let index = number.leadingZeros; index < number.digits; index++) value = value * 10 + number.digit(bytes, index);
  value = power < 0 ? value / powersOfTen[-power]! : value * powersOfTen[power]!;
  return number.negative ? -value : value;
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
