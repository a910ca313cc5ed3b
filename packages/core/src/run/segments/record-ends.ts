import { NodeBuffer } from '../../columns/node-buffer.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Finds where records end in bytes that come piece by piece, without decoding them: behind a line feed that has an even number of quotes before it.
 * Where quotes are not in pairs that is wrong; whoever decodes notices.
 */
export class RecordEnds {
  readonly #quote: number | null;
  #isInQuotes = false;

  /** @param quote Null: every line feed ends a record. */
  constructor(quote: number | null) {
    this.#quote = quote;
  }

  /** Goes over bytes in which no end is looked for. @param piece Begins at a multiple of 4 of its buffer. */
  pass(piece: Uint8Array, to: number): void {
    if (this.#quote !== null && hasOddNumber(piece, to, this.#quote)) this.#isInQuotes = !this.#isInQuotes;
  }

  /** Where the next record begins, from `from` to `to`; -1: not there, and the bytes were gone over. */
  find(piece: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at += 1) {
      const byte = piece[at];
      if (byte === LINE_FEED && !this.#isInQuotes) return at + 1;
      if (byte === this.#quote) this.#isInQuotes = !this.#isInQuotes;
    }
    return -1;
  }
}

/**
 * Which line end a unit has: the first one in it, also inside of quotes.
 *
 * @param head Its first bytes.
 * @returns null: it is a CR alone, or there is none in these bytes.
 */
export function firstLineEnd(head: Uint8Array): 'LF' | 'CRLF' | null {
  const at = head.indexOf(LINE_FEED);
  const returnAt = head.indexOf(CARRIAGE_RETURN);
  if (at < 0 || (returnAt >= 0 && returnAt < at - 1)) return null;
  return returnAt === at - 1 && returnAt >= 0 ? 'CRLF' : 'LF';
}

/** Where quotes are nearer to each other, a loop over all bytes is done sooner than searches. */
const LEAST_DISTANCE = 1024;
/** A few may stand together, as in a header. */
const MOST_TOGETHER = 8;
const NO_WORDS = new Uint32Array(0);

/** Most files have few quotes, and Node's search is native. */
function hasOddNumber(bytes: Uint8Array, to: number, quote: number): boolean {
  const searched = NodeBuffer?.from(bytes.buffer, bytes.byteOffset, to);
  let from = 0;
  let count = 0;
  while (searched && count <= MOST_TOGETHER + from / LEAST_DISTANCE) {
    const at = searched.indexOf(quote, from);
    if (at < 0) return (count & 1) === 1;
    count += 1;
    from = at + 1;
  }
  return ((count + oddByWords(bytes, from, to, quote)) & 1) === 1;
}

/**
 * Four bytes at a time: each lane of `marks` says whether that byte was the quote an odd number of times.
 *
 * @returns 0 for an even number of quotes in `bytes[from, to)`, 1 for an odd one.
 */
function oddByWords(bytes: Uint8Array, from: number, to: number, quote: number): number {
  const aligned = (from + 3) & -4;
  const first = Math.min(to, aligned);
  const words = aligned < to ? new Uint32Array(bytes.buffer, bytes.byteOffset + aligned, (to - aligned) >> 2) : NO_WORDS;
  const pattern = quote * 0x01010101;
  let marks = 0;
  for (let at = 0; at < words.length; at += 1) {
    const other = (words[at] as number) ^ pattern;
    // The high bit of a lane is clear where the byte is the quote. No lane carries into the next one.
    marks ^= ((other & 0x7f7f7f7f) + 0x7f7f7f7f) | other;
  }
  // Every word set the high bits of the lanes that are something else.
  if ((words.length & 1) === 1) marks = ~marks;
  let count = ((marks >>> 7) & 1) + ((marks >>> 15) & 1) + ((marks >>> 23) & 1) + ((marks >>> 31) & 1);
  for (let at = from; at < first; at += 1) if (bytes[at] === quote) count += 1;
  for (let at = first + words.length * 4; at < to; at += 1) if (bytes[at] === quote) count += 1;
  return count & 1;
}
