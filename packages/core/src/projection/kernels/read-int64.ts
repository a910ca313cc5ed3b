import { writeInt64Digits } from '../../columns/int64-words.ts';

/** Writes the integer that stands in `bytes[start, end)`; false, and nothing is written, when it is none. */
export function readInt64(bytes: Uint8Array, start: number, end: number, view: DataView, at: number): boolean {
  let from = start;
  let negative = false;
  const first = bytes[from];
  if (from < end && (first === 0x2d || first === 0x2b)) {
    negative = first === 0x2d;
    from++;
  }
  const length = end - from;
  if (length < 1 || length > 19) return false;
  if (length <= 9) {
    // As many digits are a small integer.
    let value = 0;
    for (; from < end; from++) {
      const digit = bytes[from]! - 0x30;
      if (digit >>> 0 > 9) return false;
      value = (value * 10 + digit) | 0;
    }
    if (negative) value = -value | 0;
    view.setInt32(at, value, true);
    view.setInt32(at + 4, value >> 31, true);
    return true;
  }
  let high = 0;
  let low = 0;
  const split = end - 9;
  for (; from < split; from++) {
    const digit = bytes[from]! - 0x30;
    if (digit >>> 0 > 9) return false;
    high = high * 10 + digit;
  }
  for (; from < end; from++) {
    const digit = bytes[from]! - 0x30;
    if (digit >>> 0 > 9) return false;
    low = (low * 10 + digit) | 0;
  }
  return writeInt64Digits(view, at, high, low, negative);
}
