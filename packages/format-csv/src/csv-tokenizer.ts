import type { InputLimits } from '@calve/core/plugin';
import type { ByteDialect } from './byte-dialect.ts';
import { CellIndex, NULL_CELL, QUOTED_CELL, RAW_CELL } from './cell-index.ts';
import type { LineEnd } from './line-end.ts';
import { countLineEnds } from './line-end.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANK = 0x20;
const MORE = -1;
const FULL = -2;

/** What a record may have before it is not read any further. */
export type TokenizerLimits = Pick<InputLimits, 'columns' | 'cellBytes'>;

const NO_LIMITS: TokenizerLimits = { columns: Number.POSITIVE_INFINITY, cellBytes: Number.POSITIVE_INFINITY };

/**
 * What stands at a place: a record (its cells were added to the index), an empty line, a comment; `more`: the record does not end
 * in these bytes; `full`: no room for a rewritten cell; `wide`: more cells than allowed; `long`: a cell with more bytes than allowed. The
 * last four add nothing.
 */
export type Outcome = 'record' | 'blank' | 'comment' | 'more' | 'full' | 'wide' | 'long';

/**
 * Cuts records into cells exactly as Apache Spark's CSV reader does in multi-line mode (univocity-parsers 2.9.1, whitespace kept,
 * escape = quote unless told), on bytes. A cell is a pair of bounds in the source. A cell whose value is not a piece of the file
 * (doubled quotes, a normalised line end) is written behind the data, into the rest of the source.
 *
 * A record that does not end in the bytes at hand is tokenized again from its beginning, so there is no state between calls.
 */
export class CsvTokenizer {
  readonly cells = new CellIndex();
  /** Of the last record, comment or empty line: where its content ends. */
  contentEnd = 0;
  /** … and where the next one begins. */
  nextRecord = 0;
  /** … and how many line ends stand inside its quotes. */
  innerLines = 0;
  /** Of the last record: cells with a quote that is neither doubled nor at the end. */
  unescapedQuotes = 0;
  /** … where the first of them begins. */
  unescapedQuoteAt = -1;
  /** … where the cell begins whose quote never closes, or -1. */
  unclosedQuoteAt = -1;
  /** … true when an LF ends it and a CR stands before that. */
  hasStrayReturn = false;
  /** After `more`: where the quote opens that has not closed in these bytes, or -1. */
  openQuoteAt = -1;
  /** After `long`: the cell as it stands. */
  longCell = { start: 0, end: 0 };
  /** Where the next rewritten cell goes. */
  tail = 0;

  #source: Uint8Array = new Uint8Array(0);
  #limit = 0;
  #isFinal = false;
  #hasQuotes = false;
  readonly #delimiter: Uint8Array;
  readonly #firstOfDelimiter: number;
  readonly #quote: number;
  readonly #escape: number;
  readonly #comment: number;
  readonly #stopAtClosingQuote: boolean;
  readonly #lineEnd: LineEnd;
  readonly #columns: number;
  readonly #cellBytes: number;
  /** 1 for bytes that may end an unquoted cell. */
  readonly #plainStops = new Uint8Array(256);
  /** 1 for bytes that mean something inside quotes. */
  readonly #quotedStops = new Uint8Array(256);

  /** @param limits Absent: whoever calls has bounded the bytes. */
  constructor(dialect: ByteDialect, lineEnd: LineEnd, limits: TokenizerLimits = NO_LIMITS) {
    this.#columns = limits.columns;
    this.#cellBytes = limits.cellBytes;
    this.#delimiter = dialect.delimiter;
    this.#firstOfDelimiter = dialect.delimiter[0] as number;
    this.#quote = dialect.quote;
    this.#escape = dialect.escape;
    this.#comment = dialect.comment;
    this.#stopAtClosingQuote = dialect.stopAtClosingQuote;
    this.#lineEnd = lineEnd;
    this.#plainStops[this.#firstOfDelimiter] = 1;
    this.#plainStops[lineEnd === 'LF' ? LINE_FEED : CARRIAGE_RETURN] = 1;
    if (this.#quote >= 0) {
      this.#quotedStops[this.#quote] = 1;
      this.#quotedStops[this.#escape] = 1;
      // Detected CRLF or CR inside quotes becomes LF; in an LF file nothing is normalised.
      if (lineEnd !== 'LF') this.#quotedStops[CARRIAGE_RETURN] = 1;
    }
  }

  /**
   * Sets the bytes that `next` works on and forgets all cells.
   *
   * @param source Data in `[0, limit)`; the rest is room for rewritten cells.
   * @param isFinal True when the file ends at `limit`.
   */
  attach(source: Uint8Array, limit: number, isFinal: boolean): void {
    this.#source = source;
    this.#limit = limit;
    this.#isFinal = isFinal;
    this.tail = limit;
    this.cells.count = 0;
  }

  /** Takes cells back, the last ones first: those from `firstCell` on, whose rewritten bytes begin at `tail`. */
  forget(firstCell: number, tail: number): void {
    this.cells.count = firstCell;
    this.tail = tail;
  }

  /** Reads what begins at `from`, which is before the limit. */
  next(from: number): Outcome {
    const source = this.#source;
    const lineEnd = this.#lineEndAt(from);
    if (lineEnd > 0) return this.#finish('blank', from, from, lineEnd);
    if (source[from] === this.#comment) {
      const end = this.#lineEndFrom(from);
      if (end === this.#limit && !this.#isFinal) return 'more';
      return this.#finish('comment', from, end, this.#lineEndAt(end));
    }
    const { cells } = this;
    const firstCell = cells.count;
    const firstTail = this.tail;
    this.unescapedQuotes = 0;
    this.unclosedQuoteAt = -1;
    this.openQuoteAt = -1;
    this.#hasQuotes = false;
    let at = from;
    for (;;) {
      const start = at;
      if (at >= this.#limit) {
        if (!this.#isFinal) return this.#undo('more', firstCell, firstTail);
        cells.add(at, at, NULL_CELL);
        return this.#finish('record', from, at, 0);
      }
      if (source[at] === this.#quote) {
        this.#hasQuotes = true;
        at = this.#quotedCell(at);
        if (at < 0) return this.#undo(at === MORE ? 'more' : 'full', firstCell, firstTail);
      } else {
        at = this.#plainEnd(at);
        if (at === this.#limit && !this.#isFinal) return this.#undo('more', firstCell, firstTail);
        cells.add(start, at, at === start ? NULL_CELL : RAW_CELL);
      }
      if (cells.count - firstCell > this.#columns) return this.#undo('wide', firstCell, firstTail);
      if (at - start > this.#cellBytes) {
        this.longCell = { start, end: at };
        return this.#undo('long', firstCell, firstTail);
      }
      const length = this.#lineEndAt(at);
      if (length > 0 || at >= this.#limit) return this.#finish('record', from, at, length);
      at += this.#delimiter.length;
    }
  }

  /**
   * Reads one cell whose first byte is the quote, and adds it.
   *
   * @returns Where its delimiter or line end stands; negative when that is not in these bytes, there is no room for it, or a quote in it is
   *   neither doubled nor at the end. The cell is to be forgotten then.
   */
  readQuoted(open: number): number {
    this.unescapedQuotes = 0;
    this.unclosedQuoteAt = -1;
    const end = this.#quotedCell(open);
    return this.unescapedQuotes > 0 || this.unclosedQuoteAt >= 0 ? MORE : end;
  }

  #undo(outcome: Outcome, firstCell: number, firstTail: number): Outcome {
    this.forget(firstCell, firstTail);
    return outcome;
  }

  #finish(outcome: Outcome, from: number, end: number, lineEndLength: number): Outcome {
    this.contentEnd = end;
    this.nextRecord = end + lineEndLength;
    this.hasStrayReturn =
      outcome === 'record' && this.#lineEnd === 'LF' && end > from && this.#source[end - 1] === CARRIAGE_RETURN;
    this.innerLines = outcome === 'record' && this.#hasQuotes ? countLineEnds(this.#source, from, end, this.#lineEnd) : 0;
    return outcome;
  }

  /**
   * One cell whose first byte is the quote, up to its delimiter or line end; `MORE` or `FULL` when that cannot be done.
   * `segment` is where bytes begin that were not copied yet; `out` is -1 as long as the cell can stay where it is.
   */
  #quotedCell(open: number): number {
    const source = this.#source;
    const limit = this.#limit;
    const quote = this.#quote;
    let at = open + 1;
    let segment = at;
    let out = -1;
    let isUnescaped = false;
    for (;;) {
      while (at < limit && this.#quotedStops[source[at] as number] === 0) at += 1;
      if (at + 1 >= limit && !this.#isFinal) {
        this.openQuoteAt = open;
        return MORE;
      }
      if (at >= limit) {
        this.unclosedQuoteAt = open;
        // A quote that is the last character of the file stays one.
        if (limit === open + 1) this.cells.add(open, limit, RAW_CELL);
        else if (!this.#close(open, segment, limit, out)) return FULL;
        return limit;
      }
      const byte = source[at] as number;
      const next = at + 1 < limit ? (source[at + 1] as number) : -1;
      if (byte !== quote) {
        const isLineEnd = byte === CARRIAGE_RETURN && byte !== this.#escape;
        if (isLineEnd ? this.#lineEnd === 'CR' || next === LINE_FEED : next === quote || next === this.#escape) {
          out = this.#copy(open, segment, at, out);
          if (out < 0) return FULL;
          segment = at + 1;
          if (isLineEnd && this.#lineEnd === 'CR') {
            // The value gets a line feed instead of this byte.
            if (out >= source.length) return FULL;
            source[out] = LINE_FEED;
            out += 1;
          }
          at += isLineEnd && this.#lineEnd === 'CR' ? 1 : 2;
        } else at += 1;
        continue;
      }
      if (next === quote) {
        if (this.#escape !== quote) {
          // The first one is text, the second one is looked at again.
          at += 1;
          continue;
        }
        at += 1;
        out = this.#copy(open, segment, at, out);
        if (out < 0) return FULL;
        at += 1;
        segment = at;
        // univocity ends a cell here once it met an unescaped quote.
        if (!isUnescaped || !(this.#delimiterAt(at) || this.#lineEndAt(at) > 0)) continue;
        return this.#close(open, segment, at, out) ? at : FULL;
      }
      let after = at + 1;
      if (next >= 0 && next <= BLANK && !this.#delimiterAt(after) && this.#lineEndAt(after) === 0) {
        // As univocity does, a delimiter that is a blank itself is no delimiter any more after another blank.
        do after += 1;
        while (
          after < limit &&
          (source[after] as number) <= BLANK &&
          this.#lineEndAt(after) === 0 &&
          !this.#longDelimiterAt(after)
        );
        if (after >= limit && !this.#isFinal) return MORE;
      }
      if (after >= limit || this.#delimiterAt(after) || this.#lineEndAt(after) > 0) {
        return this.#close(open, segment, at, out) ? after : FULL;
      }
      if (this.unescapedQuotes === 0) this.unescapedQuoteAt = open;
      this.unescapedQuotes += 1;
      if (this.#stopAtClosingQuote) {
        isUnescaped ||= after === at + 1;
        at = source[after] === quote || source[after] === this.#escape ? after : after + 1;
        continue;
      }
      const end = this.#plainEnd(after);
      if (end === limit && !this.#isFinal) return MORE;
      if (out < 0) this.cells.add(open, end, RAW_CELL);
      else {
        const start = this.tail;
        out = this.#copy(open, segment, end, out);
        if (out < 0) return FULL;
        this.cells.add(start, out, RAW_CELL);
        this.tail = out;
      }
      return end;
    }
  }

  /** Appends `source[from, to)` to the rewritten cell, which begins with the opening quote in case it is taken literally. */
  #copy(open: number, from: number, to: number, out: number): number {
    const source = this.#source;
    let target = out;
    if (target < 0) {
      target = this.tail;
      if (target >= source.length) return FULL;
      source[target] = source[open] as number;
      target += 1;
    }
    if (target + (to - from) > source.length) return FULL;
    source.copyWithin(target, from, to);
    return target + (to - from);
  }

  #close(open: number, segment: number, to: number, out: number): boolean {
    if (out < 0) {
      this.cells.add(open + 1, to, QUOTED_CELL);
      return true;
    }
    const start = this.tail + 1;
    const end = this.#copy(open, segment, to, out);
    if (end < 0) return false;
    this.cells.add(start, end, QUOTED_CELL);
    this.tail = end;
    return true;
  }

  #plainEnd(from: number): number {
    const source = this.#source;
    const limit = this.#limit;
    const stops = this.#plainStops;
    for (let at = from; ; at += 1) {
      while (at < limit && stops[source[at] as number] === 0) at += 1;
      if (at >= limit) return limit;
      if (this.#delimiterAt(at) || this.#lineEndAt(at) > 0) return at;
    }
  }

  #lineEndFrom(from: number): number {
    let at = from;
    while (at < this.#limit && this.#lineEndAt(at) === 0) at += 1;
    return at;
  }

  #delimiterAt(at: number): boolean {
    if (at >= this.#limit || this.#source[at] !== this.#firstOfDelimiter) return false;
    const delimiter = this.#delimiter;
    if (at + delimiter.length > this.#limit) return false;
    for (let index = 1; index < delimiter.length; index += 1) {
      if (this.#source[at + index] !== delimiter[index]) return false;
    }
    return true;
  }

  #longDelimiterAt(at: number): boolean {
    return this.#delimiter.length > 1 && this.#delimiterAt(at);
  }

  /** Length of the line end that begins here; 0: none. */
  #lineEndAt(at: number): number {
    if (at >= this.#limit) return 0;
    const byte = this.#source[at];
    switch (this.#lineEnd) {
      case 'LF':
        return byte === LINE_FEED ? 1 : 0;
      case 'CR':
        return byte === CARRIAGE_RETURN ? 1 : 0;
      case 'CRLF':
        return byte === CARRIAGE_RETURN && at + 1 < this.#limit && this.#source[at + 1] === LINE_FEED ? 2 : 0;
    }
  }
}
