const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/** What ends a record. */
export type LineEnd = 'LF' | 'CRLF' | 'CR';

/**
 * The line end of a file is the first one in it, also when it stands inside quotes: univocity decides the same way on its first
 * buffer of 1 MiB.
 *
 * @param isFinal True when the file ends at `to`: a carriage return there is the line end CR and not half of CRLF.
 * @returns `null` when `bytes[from, to)` does not tell.
 * @see https://github.com/uniVocity/univocity-parsers (2.9.1), LineSeparatorDetector
 */
export function detectLineEnd(bytes: Uint8Array, from: number, to: number, isFinal: boolean): LineEnd | null {
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index];
    if (byte === LINE_FEED) return 'LF';
    if (byte !== CARRIAGE_RETURN) continue;
    if (index + 1 < to) return bytes[index + 1] === LINE_FEED ? 'CRLF' : 'CR';
    return isFinal ? 'CR' : null;
  }
  return null;
}

/** Where the next line begins after `from`, or -1 when no line end stands before `to`. */
export function afterLineEnd(bytes: Uint8Array, from: number, to: number, lineEnd: LineEnd): number {
  const last = lineEnd === 'CR' ? CARRIAGE_RETURN : LINE_FEED;
  for (let index = from; index < to; index += 1) {
    if (bytes[index] !== last) continue;
    if (lineEnd !== 'CRLF' || (index > 0 && bytes[index - 1] === CARRIAGE_RETURN)) return index + 1;
  }
  return -1;
}

/** How many line ends begin in `bytes[from, to)`; a CRLF counts once, at its line feed. */
export function countLineEnds(bytes: Uint8Array, from: number, to: number, lineEnd: LineEnd): number {
  const last = lineEnd === 'CR' ? CARRIAGE_RETURN : LINE_FEED;
  let count = 0;
  for (let index = from; index < to; index += 1) if (bytes[index] === last) count += 1;
  return count;
}
