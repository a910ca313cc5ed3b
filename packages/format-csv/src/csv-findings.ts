import type { Diagnostic, Position } from '@calve/core/plugin';
import type { MalformedTally } from './replace-malformed-text.ts';
import { findMalformedText, tallyMalformedText, VALID_TEXT } from './replace-malformed-text.ts';

/** Collects what was read in a way a person should know of: one finding per kind and file, with its count and first place. */
export class CsvFindings {
  #unescapedQuotes = 0;
  #unescapedQuoteAt: Position | undefined;
  #unclosedQuoteAt: Position | undefined;
  readonly #encoding: string;
  readonly #malformed: MalformedTally = { pieces: 0, bytes: new Uint32Array(256), lonelyBytes: 0, wellFormed: 0 };
  #malformedAt = 0;
  #isBeyondAscii = false;
  #strayReturns = 0;
  #strayReturnAt: Position | undefined;
  #lineFeedAt: Position | undefined;

  /** @param encoding Of the content. */
  constructor(encoding: string) {
    this.#encoding = encoding;
  }

  /** True when there were characters beyond ASCII, and all of them well-formed: more of these tell nothing new. */
  get isUtf8SoFar(): boolean {
    return this.#isBeyondAscii && this.#malformed.pieces === 0;
  }

  /** Where the first byte stands that has no meaning in the encoding of the content; `null`: there is none so far. */
  get malformedAt(): number | null {
    return this.#malformed.pieces === 0 ? null : this.#malformedAt;
  }

  unescapedQuotes(count: number, at: Position): void {
    this.#unescapedQuotes += count;
    this.#unescapedQuoteAt ??= at;
  }

  unclosedQuote(at: Position): void {
    this.#unclosedQuoteAt ??= at;
  }

  /**
   * Looks at the characters beyond ASCII in UTF-8. What comes before the first malformed piece and what follows it in the file tell whether the file
   * is UTF-8 at all. Called for all parts of a file but those of nothing but ASCII, and those that tell nothing new.
   *
   * @param offsetOf Tells where a byte of `bytes` stands in the content.
   */
  text(bytes: Uint8Array, from: number, to: number, offsetOf: (at: number) => number): void {
    let start = from;
    if (this.#malformed.pieces === 0) {
      start = findMalformedText(bytes, from, to);
      const valid = start < 0 ? start : findMalformedText(bytes, from, start);
      this.#isBeyondAscii ||= valid === VALID_TEXT;
      if (start < 0) return;
      this.#malformedAt = offsetOf(start);
    }
    tallyMalformedText(bytes, start, to, this.#malformed);
  }

  /** Content in another encoding became so many U+FFFD, the first one at `byteOffset`. */
  replacedText(count: number, byteOffset: number): void {
    if (this.#malformed.pieces === 0) this.#malformedAt = byteOffset;
    this.#malformed.pieces += count;
  }

  /** A record of an LF file ended with CR LF. */
  strayReturn(at: Position): void {
    this.#strayReturns += 1;
    this.#strayReturnAt ??= at;
  }

  /** A file whose line end is CR contains an LF. */
  lineFeed(at: Position): void {
    this.#lineFeedAt ??= at;
  }

  /**
   * What was collected, as warnings in a fixed order.
   *
   * @param seen How much of the file was looked at: what was counted in some parts is said of these only.
   */
  async diagnostics(seen: 'everything' | 'parts' = 'everything'): Promise<Diagnostic[]> {
    const inParts = seen === 'parts' ? ' in the sampled parts' : '';
    const found: Diagnostic[] = [];
    const warn = (code: string, at: Position | undefined, message: string): void => {
      if (at) found.push({ code, severity: 'warning', message, at });
    };
    warn(
      'CSV_UNESCAPED_QUOTE',
      this.#unescapedQuoteAt,
      `${cells(this.#unescapedQuotes)}${inParts} with a quote that is neither doubled nor at the end, first in ${place(this.#unescapedQuoteAt)}. Such a cell is kept as Spark reads it, with its quotes; write quotes inside quotes twice to avoid that.`,
    );
    warn(
      'CSV_UNCLOSED_QUOTE',
      this.#unclosedQuoteAt,
      `The quote that opens in ${place(this.#unclosedQuoteAt)} never closes: everything after it, to the end of the file, is one cell. Close it, or set the option "quote" to null if the file does not use quotes.`,
    );
    if (this.malformedAt !== null) {
      const { malformedTextFinding } = await import('./encoding/malformed-text-finding.ts');
      found.push(malformedTextFinding(this.#encoding, this.#malformed, this.#isBeyondAscii, this.malformedAt, inParts));
    }
    warn(
      'CSV_MIXED_LINE_ENDS',
      this.#strayReturnAt,
      `The first line ends with LF, but ${this.#strayReturns} record${this.#strayReturns === 1 ? '' : 's'}${inParts} ${this.#strayReturns === 1 ? 'ends' : 'end'} with CR LF, the first at ${place(this.#strayReturnAt)}: the CR is part of the last value, as in Spark. Give the file one kind of line end.`,
    );
    warn(
      'CSV_MIXED_LINE_ENDS',
      this.#lineFeedAt,
      `The first line ends with CR, but there is an LF at ${place(this.#lineFeedAt)}: it is part of a value and ends no record. Give the file one kind of line end.`,
    );
    return found;
  }
}

function cells(count: number): string {
  return count === 1 ? 'There is 1 cell' : `There are ${count} cells`;
}

function place(at: Position | undefined): string {
  if (!at) return 'an unknown place';
  const byte = `byte ${at.byteOffset ?? 0}`;
  return at.line === undefined ? byte : `line ${at.line} (${byte})`;
}
