/** The first eight bytes of a text as a number in their order, zeros where it is shorter. Reads eight bytes in any case. */
// @ts-ignore: decorator
@inline
export function textHead(text: usize, length: i32): u64 {
  const head = bswap<u64>(load<u64>(text));
  if (length >= 8) return head;
  return length == 0 ? 0 : head & (~(<u64>0) << ((8 - length) << 3));
}

/** Order of two texts, bytes unsigned; a beginning is below the whole. */
export function compareTexts(a: usize, aLength: i32, b: usize, bLength: i32): i32 {
  const length = min(aLength, bLength);
  let at = 0;
  while (at + 8 <= length && load<u64>(a + at) == load<u64>(b + at)) at += 8;
  for (; at < length; at++) {
    const difference = <i32>load<u8>(a + at) - <i32>load<u8>(b + at);
    if (difference != 0) return difference;
  }
  return aLength - bLength;
}

/** Reads whole words, also past the end. */
// @ts-ignore: decorator
@inline
export function areEqual(a: usize, b: usize, length: i32): bool {
  let at = 0;
  for (; at + 8 <= length; at += 8) if (load<u64>(a + at) != load<u64>(b + at)) return false;
  if (at == length) return true;
  return (load<u64>(a + at) ^ load<u64>(b + at)) << ((8 - (length - at)) << 3) == 0;
}
