// Twin of packages/sink-iceberg/src/parquet/definition-levels.ts (packBytes) and of src/datafile/expand-bits.ts.

/** Packs `count` bytes that are 0 or 1 as bits, least significant first, the last byte filled with zeros. */
export function packBytes(source: usize, count: i32, target: usize): void {
  let from = source;
  let to = target;
  const whole = source + (count & ~15);
  for (; from < whole; from += 16, to += 2) store<u16>(to, <u16>i8x16.bitmask(i8x16.shl(v128.load(from), 7)));
  let rest = count & 15;
  for (; rest > 0; rest -= 8, from += 8, to++) {
    let bits = i64x2.extract_lane(v128.load64_zero(from), 0) & 0x0101010101010101;
    if (rest < 8) bits &= (<u64>1 << (rest << 3)) - 1;
    // Bit 0 of byte i lands in bit i of the highest byte; no two of them meet.
    store<u8>(to, <u8>((bits * 0x0102040810204080) >> 56));
  }
}

/**
 * Writes one byte, 0 or 1, for each of `count` bits from bit `first` on, least significant first.
 *
 * @returns How many are 1.
 */
export function expandBits(bits: usize, first: i32, count: i32, target: usize): i32 {
  let ones = 0;
  let done = 0;
  for (; done + 8 <= count; done += 8) {
    const eight = eightBits(bits, first + done);
    ones += popcnt<u32>(eight);
    store<u64>(target + done, eightBytes(eight));
  }
  if (done < count) {
    const left = count - done;
    const last = eightBits(bits, first + done) & ((1 << left) - 1);
    ones += popcnt<u32>(last);
    const bytes = eightBytes(last);
    for (let at = 0; at < left; at++) store<u8>(target + done + at, <u8>(bytes >> (at << 3)));
  }
  return ones;
}

/** Sum of `count` bytes that are 0 or 1. */
export function countOnes(bytes: usize, count: i32): i32 {
  let ones = 0;
  let at = 0;
  for (; at + 16 <= count; at += 16) ones += popcnt<i32>(i8x16.bitmask(i8x16.shl(v128.load(bytes + at), 7)));
  for (; at < count; at++) ones += load<u8>(bytes + at);
  return ones;
}

// @ts-ignore: decorator
@inline
function eightBits(bits: usize, at: i32): u32 {
  return (<u32>load<u16>(bits + (at >> 3)) >> (at & 7)) & 0xff;
}

// @ts-ignore: decorator
@inline
function eightBytes(eight: u32): u64 {
  // Every byte keeps its own bit of the eight; what is not zero becomes 1.
  const own = (<u64>eight * 0x0101010101010101) & 0x8040201008040201;
  return ((own + 0x7f7f7f7f7f7f7f7f) >> 7) & 0x0101010101010101;
}
