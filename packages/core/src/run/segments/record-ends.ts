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

/** Four bytes at a time: each lane of `marks` says whether that byte was the quote an odd number of times. */
function hasOddNumber(bytes: Uint8Array, to: number, quote: number): boolean {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, to >> 2);
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
  for (let at = words.length * 4; at < to; at += 1) if (bytes[at] === quote) count += 1;
  return (count & 1) === 1;
}
