// For `StructureIndex` in packages/format-csv/src/structure-index.ts.
// It has no twin: what scan-records.ts makes of its places, packages/format-csv/src/plain-record-scanner.ts makes of the bytes.

/** Bytes that are looked at in one go: a bit each in a word. */
const WORD: i32 = 64;

// @ts-ignore: a decorator of the compiler
@inline
function bitsOf(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = <u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16);
  const high = <u32>i8x16.bitmask(c) | (<u32>i8x16.bitmask(d) << 16);
  return <u64>low | (<u64>high << 32);
}

/**
 * Where three bytes stand in `source[from, to)`. Up to 63 bytes behind `to` are read and mean nothing.
 *
 * @param places `u32` each, relative to `source`, ascending; room for `to - from`.
 * @param others Which entries of `places` are not of the first byte; as much room.
 * @param counts Gets how many entries both have.
 */
export function findStructure(
  source: i32,
  from: i32,
  to: i32,
  first: i32,
  second: i32,
  third: i32,
  places: i32,
  others: i32,
  counts: i32,
): void {
  const a = i8x16.splat(<i8>first);
  const b = i8x16.splat(<i8>second);
  const c = i8x16.splat(<i8>third);
  let place = <usize>places;
  let other = <usize>others;
  for (let at = from; at < to; at += WORD) {
    const text = <usize>(source + at);
    const t0 = v128.load(text);
    const t1 = v128.load(text, 16);
    const t2 = v128.load(text, 32);
    const t3 = v128.load(text, 48);
    const o0 = v128.or(i8x16.eq(t0, b), i8x16.eq(t0, c));
    const o1 = v128.or(i8x16.eq(t1, b), i8x16.eq(t1, c));
    const o2 = v128.or(i8x16.eq(t2, b), i8x16.eq(t2, c));
    const o3 = v128.or(i8x16.eq(t3, b), i8x16.eq(t3, c));
    let rest = bitsOf(o0, o1, o2, o3);
    const firsts = bitsOf(i8x16.eq(t0, a), i8x16.eq(t1, a), i8x16.eq(t2, a), i8x16.eq(t3, a));
    let found = rest | firsts;
    rest &= ~firsts;
    if (to - at < WORD) {
      const inside = (<u64>1 << <u64>(to - at)) - 1;
      rest &= inside;
      found &= inside;
    }
    const entry = <i32>((place - <usize>places) >> 2);
    for (let bits = rest; bits != 0; bits &= bits - 1) {
      const below = (bits & (0 - bits)) - 1;
      store<i32>(other, entry + <i32>popcnt<u64>(found & below));
      other += 4;
    }
    for (; found != 0; found &= found - 1) {
      store<i32>(place, at + <i32>ctz<u64>(found));
      place += 4;
    }
  }
  store<i32>(<usize>counts, <i32>((place - <usize>places) >> 2));
  store<i32>(<usize>counts, <i32>((other - <usize>others) >> 2), 4);
}
