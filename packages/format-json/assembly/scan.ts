// Tokens of standard JSON in memory. Every function answers with the place behind, or 0 for what the twin has to look at: what it does not take,
// and what is too rare to be worth code here. Behind the data stands a zero, which ends every scan.

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;

/** The string scanned last has escapes. */
export let hasEscapes: bool = false;

// @ts-ignore: a decorator of the compiler
@inline
export function blanks(from: usize): usize {
  let at = from;
  for (let byte = <u32>load<u8>(at); byte == 0x20 || byte == 0x09; byte = <u32>load<u8>(at)) at++;
  return at;
}

/** The closing quote of the string whose text begins at `from`. */
export function stringEnd(from: usize): usize {
  let at = from;
  hasEscapes = false;
  while (true) {
    const bytes = v128.load(at);
    // As signed numbers, what is no ASCII lies below the controls.
    const special = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)), i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH))),
      i8x16.lt_s(bytes, i8x16.splat(0x20)),
    );
    const mask = i8x16.bitmask(special);
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz(mask);
    let byte = <u32>load<u8>(at);
    if (byte == QUOTE) return at;
    if (byte == BACKSLASH) {
      hasEscapes = true;
      at = escapeEnd(at);
      if (at == 0) return 0;
      continue;
    }
    while (byte >= 0x80) {
      const length = sequenceLength(at, byte);
      if (length == 0) return 0;
      at += length;
      byte = <u32>load<u8>(at);
    }
    if (byte < 0x20) return 0;
  }
}

/**
 * The closing quote of a string without escapes, whose text begins at `from`: of ASCII, or with letters of two bytes where it ends among the last 16 that
 * are looked at. 0 for others, which `stringEnd` reads.
 */
// @ts-ignore: a decorator of the compiler
@inline
export function plainStringEnd(from: usize): usize {
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    const quotes = i8x16.eq(bytes, i8x16.splat(<i8>QUOTE));
    const others = v128.or(i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH)), i8x16.lt_u(bytes, i8x16.splat(0x20)));
    const stops = i8x16.bitmask(v128.or(quotes, others));
    const letters = i8x16.bitmask(bytes);
    if (stops == 0) {
      if (letters != 0) return 0;
      at += 16;
      continue;
    }
    // Everything before the first stop.
    const before = (stops & -stops) - 1;
    const end = at + <usize>ctz(stops);
    if (load<u8>(end) != QUOTE) return 0;
    if ((letters & before) == 0) return end;
    const leads = i8x16.bitmask(i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(<i8>0xc2)), i8x16.splat(30)));
    const follows = i8x16.bitmask(i8x16.lt_s(bytes, i8x16.splat(<i8>0xc0)));
    // A byte that follows stands behind each that leads and nowhere else; the quote is none.
    const isWell = ((leads | follows) & before) == (letters & before) && (((leads & before) << 1) ^ (follows & before)) == 0;
    return isWell ? end : 0;
  }
}

/** Behind a number, of which the first byte is none of another value. */
export function numberEnd(from: usize): usize {
  let at = from;
  if (load<u8>(at) == 0x2d) at++;
  if (load<u8>(at) == 0x30) at++;
  else {
    const first = at;
    at = digitsEnd(at);
    if (at == first) return 0;
  }
  if (load<u8>(at) == 0x2e) {
    const first = at + 1;
    at = digitsEnd(first);
    if (at == first) return 0;
  }
  if ((load<u8>(at) | 0x20) == 0x65) {
    at++;
    const sign = load<u8>(at);
    if (sign == 0x2b || sign == 0x2d) at++;
    const first = at;
    at = digitsEnd(first);
    if (at == first) return 0;
  }
  // Longer ones break a limit.
  return at - from > 1000 ? 0 : at;
}

/** Behind `true`, `false` or `null`. */
export function literalEnd(at: usize): usize {
  const word = load<u32>(at);
  if (word == 0x65757274 || word == 0x6c6c756e) return at + 4;
  return word == 0x736c6166 && load<u8>(at + 4) == 0x65 ? at + 5 : 0;
}

// @ts-ignore: a decorator of the compiler
@inline
function digitsEnd(from: usize): usize {
  let at = from;
  while (true) {
    const digits = i8x16.lt_u(i8x16.sub(v128.load(at), i8x16.splat(0x30)), i8x16.splat(10));
    const others = i8x16.bitmask(digits) ^ 0xffff;
    if (others != 0) return at + <usize>ctz(others);
    at += 16;
  }
}

function escapeEnd(at: usize): usize {
  const kind = load<u8>(at + 1);
  if (kind != 0x75) return unescaped(kind) == 0 ? 0 : at + 2;
  for (let digit: usize = 2; digit < 6; digit++) if (hexValue(load<u8>(at + digit)) < 0) return 0;
  return at + 6;
}

/** What the byte behind a backslash stands for, 0 when it may not stand there. */
export function unescaped(kind: u8): u8 {
  switch (kind) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return kind;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return 0;
  }
}

/** -1: no hexadecimal digit. */
export function hexValue(byte: u8): i32 {
  const digit = <i32>byte - 0x30;
  if (<u32>digit <= 9) return digit;
  const letter = (<i32>byte | 0x20) - 0x61;
  return <u32>letter <= 5 ? letter + 10 : -1;
}

/** Length of the well-formed sequence that begins at `at`, 0 when there is none: twin of packages/format-json/src/utf8.ts. */
function sequenceLength(at: usize, first: u32): usize {
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = <u32>load<u8>(at + 1);
  if (first < 0xe0) return (second & 0xc0) == 0x80 ? 2 : 0;
  const lowest: u32 = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const highest: u32 = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest || (load<u8>(at + 2) & 0xc0) != 0x80) return 0;
  if (first < 0xf0) return 3;
  return (load<u8>(at + 3) & 0xc0) == 0x80 ? 4 : 0;
}
