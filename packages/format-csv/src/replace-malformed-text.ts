import { offsetInArena } from '@calve/core/plugin';
import { checkedText } from './checked-text.ts';
import { csvKernels } from './csv-kernels.ts';

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

/** Instead of a place: all of it is valid, and there are characters beyond ASCII, or there are none. */
export const VALID_TEXT = -1;
export const ONLY_ASCII = -2;

/** From so many bytes on it pays to look at words. */
const LONG_BYTES = 64;
/** The bits of a word that ASCII does not have. */
const BEYOND_ASCII = 0x80808080 | 0;
const NO_WORDS = new Int32Array(0);

/** Where the first byte stands that is not part of valid UTF-8; `VALID_TEXT` or `ONLY_ASCII`, which are negative, when there is none. */
export function findMalformedText(bytes: Uint8Array, from: number, to: number): number {
  const checked = checkedText(bytes, from, to);
  if (checked !== null) return checked === 'ascii' ? ONLY_ASCII : VALID_TEXT;
  return locateMalformedText(bytes, from, to);
}

/** The same, without asking the platform, which does not tell where. */
export function locateMalformedText(bytes: Uint8Array, from: number, to: number): number {
  const kernels = csvKernels.current;
  const source = kernels === null ? -1 : offsetInArena(bytes);
  if (kernels === null || source < 0) return findMalformedByWords(bytes, from, to);
  const at = kernels.findMalformed(source, from, to);
  // It tells only about where.
  return at < 0 ? at : findMalformedByWords(bytes, at, to);
}

/** What `findMalformedText` finds, where nothing but JavaScript looks for it. */
export function findMalformedByWords(bytes: Uint8Array, from: number, to: number): number {
  const isLong = to - from >= LONG_BYTES;
  // Words begin at multiples of 4 of the buffer, so many bytes before those of `bytes`.
  const before = bytes.byteOffset & 3;
  const words = isLong ? new Int32Array(bytes.buffer, bytes.byteOffset - before, (bytes.byteLength + before) >> 2) : NO_WORDS;
  const wordsEnd = isLong ? ((to + before) & -4) - before : from;
  let valid = ONLY_ASCII;
  for (let at = from; ; ) {
    if (at < wordsEnd) at = firstBeyondAscii(words, at + before, wordsEnd + before) - before;
    if (at >= wordsEnd) while (at < to && (bytes[at] as number) < 0x80) at += 1;
    if (at >= to) return valid;
    const piece = pieceAt(bytes, at, to);
    if (piece > 0) return at;
    valid = VALID_TEXT;
    at -= piece;
  }
}

/** Place of the first byte from `from` on that is not ASCII; `to`, a multiple of 4, when there is none before it. */
function firstBeyondAscii(words: Int32Array, from: number, to: number): number {
  const end = to >> 2;
  let word = from >> 2;
  let beyond = (words[word] as number) & (BEYOND_ASCII << ((from & 3) << 3));
  if (beyond === 0) {
    word += 1;
    for (const last = end - 4; word <= last; word += 4) {
      const four =
        (words[word] as number) | (words[word + 1] as number) | (words[word + 2] as number) | (words[word + 3] as number);
      if ((four & BEYOND_ASCII) !== 0) break;
    }
    for (; word < end; word += 1) {
      beyond = (words[word] as number) & BEYOND_ASCII;
      if (beyond !== 0) break;
    }
  }
  return word >= end ? to : (word << 2) + ((31 - Math.clz32(beyond & -beyond)) >> 3);
}

/** How many U+FFFD valid UTF-8 has in `bytes[from, to)`, and where the first one stands; -1 when there is none. */
export function findReplacements(bytes: Uint8Array, from: number, to: number): { count: number; first: number } {
  let count = 0;
  let first = -1;
  for (let at = bytes.indexOf(REPLACEMENT[0], from); at >= 0 && at + 2 < to; at = bytes.indexOf(REPLACEMENT[0], at + 1)) {
    if (bytes[at + 1] !== REPLACEMENT[1] || bytes[at + 2] !== REPLACEMENT[2]) continue;
    if (count === 0) first = at;
    count += 1;
  }
  return { count, first };
}

/** What was seen of text that is not valid UTF-8. */
export interface MalformedTally {
  /** Malformed pieces: as many U+FFFD replace them. */
  pieces: number;
  /** How often each of the 256 bytes is part of one. */
  bytes: Uint32Array;
  /** Bytes of them that stand between ASCII. */
  lonelyBytes: number;
  /** Characters beyond ASCII that are well-formed, from the first malformed piece on. */
  wellFormed: number;
}

/** Adds what is in `bytes[from, to)`; what stands outside of it counts as ASCII. */
export function tallyMalformedText(bytes: Uint8Array, from: number, to: number, tally: MalformedTally): void {
  for (let at = from; at < to; ) {
    const piece = pieceAt(bytes, at, to);
    const length = Math.abs(piece);
    if (piece > 0) {
      tally.pieces += 1;
      for (let index = at; index < at + length; index += 1) {
        const byte = bytes[index] as number;
        tally.bytes[byte] = (tally.bytes[byte] as number) + 1;
      }
      const isLonely = (at === from || (bytes[at - 1] as number) < 0x80) && (at + 1 >= to || (bytes[at + 1] as number) < 0x80);
      if (isLonely) tally.lonelyBytes += 1;
    } else if (length > 1) tally.wellFormed += 1;
    at += length;
  }
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
