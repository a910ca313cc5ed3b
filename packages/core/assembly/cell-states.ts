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
  for (let row = 0; row < rows; row++) {
    if (validity != 0 && ((<i32>load<u8>(validity + (row >> 3)) >> (row & 7)) & 1) == 0) {
      store<u8>(states + row, cellIsNull);
      nulls++;
      continue;
    }
    const start = load<i32>(starts + (row << 2));
    const end = load<i32>(ends + (row << 2));
    const length = end - start;
    if (start < 0 || length < 0 || end > sourceLength || length > longest) return -1;
    if (length <= longestToken && tokenOf(source + start, length, tokens, tokenCount) >= 0) {
      store<u8>(states + row, cellIsNull);
      nulls++;
    } else store<u8>(states + row, cellInSource);
  }
  return nulls;
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

/** The same with the letters of ASCII in lower case, as the tokens are. */
export function foldedTokenOf(text: i32, length: i32, tokens: i32, count: i32): i32 {
  for (let token = tokens, end = tokens + count * tokenStride; token < end; token += tokenStride) {
    if (<i32>load<u8>(token) != length) continue;
    let at = 0;
    while (at < length && lower(load<u8>(text + at)) == load<u8>(token + tokenText + at)) at++;
    if (at == length) return <i32>load<u8>(token + 1);
  }
  return -1;
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
