// Twin of `oddByWords` in packages/core/src/run/segments/odd-quotes.ts, which only tells odd from even.

/** How often a byte stands in `[from, until)`. */
export function countByte(from: i32, until: i32, byte: i32): i32 {
  const wanted = i8x16.splat(<i8>byte);
  let count = 0;
  let at = from;
  for (; at + 16 <= until; at += 16) count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), wanted)));
  for (; at < until; at++) count += <i32>(<i32>load<u8>(at) == byte);
  return count;
}
