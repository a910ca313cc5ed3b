const REPLACEMENT = [0xef, 0xbf, 0xbd] as const;

/**
 * Length of the malformed piece at `at`, which becomes one U+FFFD, or minus the length of the well-formed character there.
 *
 * Pieces are those of the WHATWG decoder, with one difference: an encoded surrogate (`ED A0..BF 80..BF`) is one piece as in Java and
 * not three, so that this engine and Spark read the same number of replacement characters.
 *
 * @see https://encoding.spec.whatwg.org/#utf-8-decoder
 */
function pieceAt(bytes: Uint8Array, at: number, to: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return -1;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 1;
  if (length === 1) return 1;
  const second = at + 1 < to ? (bytes[at + 1] as number) : 0;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 1;
  for (let index = 2; index < length; index += 1) {
    const byte = at + index < to ? (bytes[at + index] as number) : 0;
    if (byte < 0x80 || byte > 0xbf) return index;
  }
  return first === 0xed && second >= 0xa0 ? 3 : -length;
}

/** Where the first byte stands that is not part of valid UTF-8, or -1. */
export function findMalformedText(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; ) {
    if ((bytes[at] as number) < 0x80) {
      at += 1;
      continue;
    }
    const piece = pieceAt(bytes, at, to);
    if (piece > 0) return at;
    at -= piece;
  }
  return -1;
}

/** How many U+FFFD replace the malformed pieces of `bytes[from, to)`. */
export function countMalformedText(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; ) {
    const piece = pieceAt(bytes, at, to);
    if (piece > 0) count += 1;
    at += Math.abs(piece);
  }
  return count;
}

/**
 * Writes `bytes[from, to)` to `target`, every malformed piece as U+FFFD.
 *
 * @returns Where it ends, at most three times as long as before; -1 when there is no room for it.
 */
export function replaceMalformedText(bytes: Uint8Array, from: number, to: number, target: number): number {
  let out = target;
  for (let at = from; at < to; ) {
    const piece = pieceAt(bytes, at, to);
    const length = Math.abs(piece);
    if (out + (piece > 0 ? 3 : length) > bytes.length) return -1;
    if (piece > 0) {
      bytes.set(REPLACEMENT, out);
      out += 3;
    } else {
      bytes.copyWithin(out, at, at + length);
      out += length;
    }
    at += length;
  }
  return out;
}
