import type { Diagnostic, Position } from '@calve/core/plugin';

/** Collects what was read in a way a person should know of: one finding per kind and file, with its count and first place. */
export class CsvFindings {
  #unescapedQuotes = 0;
  #unescapedQuoteAt: Position | undefined;
  #unclosedQuoteAt: Position | undefined;
  #replacements = 0;
  #replacementAt = 0;
  #strayReturns = 0;
  #strayReturnAt: Position | undefined;
  #lineFeedAt: Position | undefined;

  unescapedQuotes(count: number, at: Position): void {
    this.#unescapedQuotes += count;
    this.#unescapedQuoteAt ??= at;
  }

  unclosedQuote(at: Position): void {
    this.#unclosedQuoteAt ??= at;
  }

  /** @param byteOffset Of the first malformed byte. */
  malformedText(count: number, byteOffset: number): void {
    if (this.#replacements === 0) this.#replacementAt = byteOffset;
    this.#replacements += count;
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
  diagnostics(seen: 'everything' | 'parts' = 'everything'): Diagnostic[] {
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
    warn(
      'TEXT_MALFORMED',
      this.#replacements > 0 ? { unit: '', byteOffset: this.#replacementAt } : undefined,
      `The file is not valid UTF-8: ${this.#replacements} malformed piece${this.#replacements === 1 ? '' : 's'}${inParts} became U+FFFD, the first one at byte ${this.#replacementAt}. Save the file as UTF-8 if it has another encoding.`,
    );
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
