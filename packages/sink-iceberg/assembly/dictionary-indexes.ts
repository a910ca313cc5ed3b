// Twin of packages/sink-iceberg/src/parquet/dictionary-indexes.ts.

/** @returns 1: all of the indexes `[start, end)`, `u16`, are the same; there is at least one. */
export function isConstant(indexes: usize, start: i32, end: i32): i32 {
  const first = load<u16>(indexes + (start << 1));
  for (let at = start + 1; at < end; at++) if (load<u16>(indexes + (at << 1)) != first) return 0;
  return 1;
}

/**
 * Packs the indexes `[start, end)`, `u16`, least significant bit first; the last group of eight is filled with zeros. Up to 4 bytes more are
 * written behind them.
 *
 * @param width Bits per index, 1 to 16.
 */
export function packIndexes(indexes: usize, start: i32, end: i32, width: i32, target: usize): void {
  const last = target + ((end - start + 7) >> 3) * width;
  let to = target;
  let bits: u64 = 0;
  let filled = 0;
  for (let at = start; at < end; at++) {
    bits |= <u64>load<u16>(indexes + (at << 1)) << filled;
    filled += width;
    if (filled >= 32) {
      store<u32>(to, <u32>bits);
      to += 4;
      bits >>= 32;
      filled -= 32;
    }
  }
  for (; to < last; to++) {
    store<u8>(to, <u8>bits);
    bits >>= 8;
  }
}
