import { hasOddNumber } from './odd-quotes.ts';

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
