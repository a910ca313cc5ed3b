// Twin of `TextCells.load` in packages/core/src/projection/kernels/text-cells.ts and of cells-with-text.ts beside it.

// The states of a cell, as that file has them.
export const cellIsNull = 0;
export const cellInSource = 1;
export const cellInScratch = 2;

/** Bytes from one token to the next: its length stands first, what it means second, its text from `tokenText` on. */
const tokenStride = 32;
const tokenText = 16;

/**
 * Which cells hold text: those that are valid and are none of the tokens.
 *
 * @param validity Bitmap, 0: all are valid.
 * @param sourceLength No text may end behind it.
 * @param tokens As many as `tokenCount`, of 16 bytes at most.
 * @param longest In bytes.
 * @param states `cellInSource` or `cellIsNull`, a byte per row.
 * @returns How many are null; -1 when a text does not lie in the source or is longer than `longest`: then the twin decides.
 */
export function cellStates(
  source: i32,
  sourceLength: i32,
  starts: i32,
  ends: i32,
  validity: i32,
  rows: i32,
  tokens: i32,
  tokenCount: i32,
  longest: i32,
  states: i32,
): i32 {
  let nulls = 0;
  let longestToken = -1;
  for (let token = 0; token < tokenCount; token++) longestToken = max(longestToken, <i32>load<u8>(tokens + token * tokenStride));
  const end = i32x4.splat(sourceLength);
  const most = i32x4.splat(longest);
  const short = i32x4.splat(longestToken);
  // Four rows at once, where none of them is refused or could be a token.
  for (let row = 0; row < rows; row += 4) {
    const valid = validity == 0 ? 15 : (<i32>load<u8>(validity + (row >> 3)) >> (row & 4)) & 15;
    if (row + 4 <= rows) {
      const from = v128.load(starts + (row << 2));
      const to = v128.load(ends + (row << 2));
      const length = i32x4.sub(to, from);
      // Of what is negative the highest bit is set.
      const refused = v128.or(v128.or(from, length), v128.or(i32x4.gt_s(to, end), i32x4.gt_s(length, most)));
      if ((i32x4.bitmask(v128.or(refused, i32x4.le_s(length, short))) & valid) == 0) {
        // Each bit goes to the lowest of its own byte.
        store<u32>(states + row, (valid * 0x00204081) & 0x01010101);
        nulls += 4 - popcnt<i32>(valid);
        continue;
      }
    }
    for (let at = row; at < min(row + 4, rows); at++) {
      const state =
        ((valid >> (at - row)) & 1) == 0
          ? cellIsNull
          : stateOf(source, sourceLength, load<i32>(starts + (at << 2)), load<i32>(ends + (at << 2)), tokens, tokenCount, longestToken, longest);
      if (state < 0) return -1;
      store<u8>(states + at, <u8>state);
      if (state == cellIsNull) nulls++;
    }
  }
  return nulls;
}

/** `cellInSource` or `cellIsNull`; -1 when the twin has to decide. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function stateOf(
  source: i32,
  sourceLength: i32,
  start: i32,
  end: i32,
  tokens: i32,
  tokenCount: i32,
  longestToken: i32,
  longest: i32,
): i32 {
  const length = end - start;
  if (start < 0 || length < 0 || end > sourceLength || length > longest) return -1;
  return length <= longestToken && tokenOf(source + start, length, tokens, tokenCount) >= 0 ? cellIsNull : cellInSource;
}

/** What the first token that a text is means; -1 for none. */
function tokenOf(text: i32, length: i32, tokens: i32, count: i32): i32 {
  for (let token = tokens, end = tokens + count * tokenStride; token < end; token += tokenStride) {
    if (<i32>load<u8>(token) != length) continue;
    let at = 0;
    while (at < length && load<u8>(text + at) == load<u8>(token + tokenText + at)) at++;
    if (at == length) return <i32>load<u8>(token + 1);
  }
  return -1;
}

/** The same with the letters of ASCII in lower case, as the tokens are. Up to 7 bytes behind the text are read and mean nothing. */
export function foldedTokenOf(text: i32, length: i32, tokens: i32, count: i32): i32 {
  const word = length > 8 ? 0 : lowerWord(wordOf(text, length));
  for (let token = tokens, end = tokens + count * tokenStride; token < end; token += tokenStride) {
    if (<i32>load<u8>(token) != length) continue;
    if (length <= 8) {
      if (load<u64>(token + tokenText) == word) return <i32>load<u8>(token + 1);
      continue;
    }
    let at = 0;
    while (at < length && lower(load<u8>(text + at)) == load<u8>(token + tokenText + at)) at++;
    if (at == length) return <i32>load<u8>(token + 1);
  }
  return -1;
}

/** A text of up to 8 bytes, with zeros behind it, as tokens have them. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function wordOf(text: i32, length: i32): u64 {
  const word = load<u64>(text);
  return length == 8 ? word : word & ((<u64>1 << <u64>(length << 3)) - 1);
}

/** Eight bytes with those from `A` to `Z` in lower case. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function lowerWord(word: u64): u64 {
  // The highest bit of each byte tells: from `A` on, and not from `[` on, and not beyond ASCII.
  const ascii = word & 0x7f7f7f7f7f7f7f7f;
  const letters = (ascii + 0x3f3f3f3f3f3f3f3f) & ~(ascii + 0x2525252525252525) & ~word & 0x8080808080808080;
  return word | (letters >> 2);
}

function lower(byte: u8): u8 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}

/** The bitmap of the cells that hold a value, padded with zeros to a whole byte. */
export function cellValidity(states: i32, rows: i32, validity: i32): void {
  const first = i8x16.splat(<i8>cellInSource);
  const last = i8x16.splat(<i8>cellInScratch);
  for (let row = 0; row < rows; row += 16) {
    const group = v128.load(states + row);
    let bits = i8x16.bitmask(v128.or(i8x16.eq(group, first), i8x16.eq(group, last)));
    const left = rows - row;
    if (left < 16) bits &= (1 << left) - 1;
    store<u8>(validity + (row >> 3), <u8>bits);
    if (left > 8) store<u8>(validity + (row >> 3) + 1, <u8>(bits >> 8));
  }
}

/** Where the text of a cell begins that is in one of the two places. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function textBase(state: i32, source: i32, scratch: i32): i32 {
  return state == cellInSource ? source : scratch;
}
