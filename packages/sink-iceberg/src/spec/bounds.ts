/** How much of a text (in code points) or of bytes a bound keeps: Iceberg's metrics mode `truncate(16)`. */
export const BOUND_LENGTH = 16;

const LAST_CODE_POINT = 0x10ffff;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Order of UTF-8 texts by code point, and of binary values: bytes unsigned, a prefix before what it begins. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return a.length - b.length;
}

/** Where the first `count` code points of the UTF-8 text `bytes[start, end)` end: `end` when it has no more. */
export function codePointsEnd(bytes: Uint8Array, start: number, end: number, count: number): number {
  let at = start;
  // A byte of the form 10xxxxxx continues a code point.
  for (let left = count; left > 0 && at < end; left--) for (at++; at < end && (bytes[at]! & 0xc0) === 0x80; ) at++;
  return at;
}

/** A copy of the first code points of a UTF-8 text: never greater than the text. */
export function lowerTextBound(text: Uint8Array, length = BOUND_LENGTH): Uint8Array {
  return text.slice(0, codePointsEnd(text, 0, text.length, length));
}

/**
 * The shortest text of at most `length` code points that is known to be not less than a UTF-8 text: the text itself, or its beginning with
 * the last code point incremented that can be.
 *
 * @returns `null`: there is none, the bound has to be left out.
 */
export function upperTextBound(text: Uint8Array, length = BOUND_LENGTH): Uint8Array | null {
  const end = codePointsEnd(text, 0, text.length, length);
  if (end === text.length) return text.slice();
  const points = Array.from(decoder.decode(text.subarray(0, end)), (character) => character.codePointAt(0)!);
  while (points.length > 0) {
    const last = points.pop()!;
    if (last === LAST_CODE_POINT) continue;
    // U+D800 to U+DFFF are surrogates: no text contains them.
    points.push(last === 0xd7ff ? 0xe000 : last + 1);
    return encoder.encode(String.fromCodePoint(...points));
  }
  return null;
}

/** A copy of the first bytes of a binary value: never greater than the value. */
export function lowerBinaryBound(value: Uint8Array, length = BOUND_LENGTH): Uint8Array {
  return value.slice(0, length);
}

/**
 * At most `length` bytes that are known to be not less than a binary value.
 *
 * @returns `null`: there is none, the bound has to be left out.
 */
export function upperBinaryBound(value: Uint8Array, length = BOUND_LENGTH): Uint8Array | null {
  const bound = value.slice(0, length);
  if (value.length <= length) return bound;
  let last = bound.length - 1;
  while (last >= 0 && bound[last] === 0xff) last -= 1;
  if (last < 0) return null;
  bound[last]! += 1;
  return bound.slice(0, last + 1);
}
