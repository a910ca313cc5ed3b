import { civilFromDays } from '@calve/core/plugin';

/**
 * Whole seconds of a count of microseconds or nanoseconds, rounded down, from its two words. Exact for every 64-bit value: 2^32
 * microseconds are 4294 s and 967296 µs, so no product leaves the safe integers.
 *
 * @param low Low 32 bits, unsigned.
 * @param high High 32 bits, signed.
 */
export function wholeSeconds(low: number, high: number, unit: 'micros' | 'nanos'): number {
  if (unit === 'micros') return high * 4294 + Math.floor((high * 967_296 + low) / 1_000_000);
  const nanos = (BigInt(high) << 32n) | BigInt(low);
  const seconds = nanos / 1_000_000_000n;
  return Number(nanos < 0n && nanos % 1_000_000_000n !== 0n ? seconds - 1n : seconds);
}

/** Microseconds, rounded down, of a count of nanoseconds, as two signed words. */
export function microsOfNanos(low: number, high: number): { low: number; high: number } {
  const nanos = (BigInt(high) << 32n) | BigInt(low);
  const micros = nanos < 0n && nanos % 1000n !== 0n ? nanos / 1000n - 1n : nanos / 1000n;
  return { low: Number(BigInt.asIntN(32, micros)), high: Number(micros >> 32n) };
}

/** Months since January 1970 of a day count since 1970-01-01, rounded down; divided by 12: years since 1970. */
export function monthsOfDays(days: number): number {
  const [year, month] = civilFromDays(days);
  return (year - 1970) * 12 + month - 1;
}
