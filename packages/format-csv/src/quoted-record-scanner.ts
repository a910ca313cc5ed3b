import type { CellColumns } from './cell-columns.ts';
import { NULL_CELL, QUOTED_CELL } from './cell-index.ts';
import type { CsvTokenizer } from './csv-tokenizer.ts';
import { countLineEnds } from './line-end.ts';
import type { ScanEnd, ScanLimits } from './scan-limits.ts';
import type { ScanPlace } from './scan-place.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** A byte, four times. */
const FOUR_TIMES = 0x01010101;
const HIGHEST_BITS = 0x80808080 | 0;
/** Above both bytes that line ends are made of. */
const ABOVE_LINE_ENDS = (CARRIAGE_RETURN + 1) * FOUR_TIMES;
const NO_BYTES = new Uint8Array(0);
const NO_WORDS = new Int32Array(0);

/** What the dialect of `QuotedRecordScanner` says. */
export interface QuotedDialect {
  delimiter: number;
  quote: number;
  comment: number;
  /** Longer records are left alone. */
  recordBytes: number;
}

/**
 * Reads records of which every cell stands in quotes or is empty, with line feeds as line ends, without an index: a cell ends at the next quote,
 * whatever else is in it, and delimiters in texts cost nothing. For where no kernel indexes the text, which costs more than this does. The cells
 * are those of `RecordScanner`.
 */
export class QuotedRecordScanner {
  readonly #tokenizer: CsvTokenizer;
  readonly #dialect: QuotedDialect;
  readonly #quotes: number;
  #source: Uint8Array = NO_BYTES;
  #words: Int32Array = NO_WORDS;
  #end = 0;

  constructor(tokenizer: CsvTokenizer, dialect: QuotedDialect) {
    this.#tokenizer = tokenizer;
    this.#dialect = dialect;
    this.#quotes = Math.imul(dialect.quote, FOUR_TIMES);
  }

  /** Sets the bytes that `scan` works on, as `RecordScanner.attach` does. */
  attach(source: Uint8Array, end: number): void {
    this.#source = source;
    this.#words = new Int32Array(source.buffer, source.byteOffset, source.byteLength >> 2);
    this.#end = end;
  }

  /** Adds rows to `columns`, from `from.position` on, and moves it. `record`: what begins there is something else. */
  scan(from: ScanPlace, columns: CellColumns, limits: ScanLimits): ScanEnd {
    const source = this.#source;
    const limit = this.#end;
    const tokenizer = this.#tokenizer;
    const { delimiter, quote, comment, recordBytes } = this.#dialect;
    const { width, capacity, bounds, kinds, lines } = columns;
    const mostRows = Math.min(limits.rows, capacity);
    const mostBytes = limits.bytes + limits.firstTail;
    let { position, line, longestRecordBytes } = from;
    let row = columns.rows;
    let firstStart = row > 0 ? columns.firstStart : position;
    let end: ScanEnd = 'record';
    while (position < limit) {
      const first = source[position];
      if ((first !== quote && first !== delimiter) || first === comment) break;
      if (row >= mostRows) {
        end = row >= limits.rows ? 'rows' : 'room';
        break;
      }
      const firstTail = tokenizer.tail;
      let at = position;
      let place = row;
      let kind = row;
      let cells = 0;
      let wasRead = false;
      for (let start = position; ; start = at + 1) {
        let cellStart = start;
        let cellEnd = start;
        at = start;
        if (source[start] === quote) {
          cellStart += 1;
          cellEnd = this.#closingQuote(cellStart);
          at = cellEnd + 1;
          if (cellEnd < 0 || (source[at] !== delimiter && source[at] !== LINE_FEED)) {
            // Doubled quotes, line ends, quotes that stand where none should.
            at = tokenizer.readQuoted(start);
            cellStart = tokenizer.cells.starts[0] as number;
            cellEnd = tokenizer.cells.ends[0] as number;
            tokenizer.cells.count = 0;
            wasRead = true;
            if (at < 0) break;
          }
        }
        bounds[place] = cellStart;
        bounds[place + capacity] = cellEnd;
        kinds[kind] = source[start] === quote ? QUOTED_CELL : NULL_CELL;
        cells += 1;
        if (source[at] !== delimiter || cells === width) break;
        place += capacity * 2;
        kind += capacity;
      }
      const before = source[at - 1];
      const isRecord = cells === width && at >= 0 && at < limit && source[at] === LINE_FEED && at - position <= recordBytes;
      if (!isRecord || before === CARRIAGE_RETURN || before === LINE_FEED) {
        tokenizer.forget(0, firstTail);
        break;
      }
      if (row === 0) firstStart = position;
      else if (at - firstStart + tokenizer.tail > mostBytes) {
        tokenizer.forget(0, firstTail);
        end = 'bytes';
        break;
      }
      const record = width * 2 * capacity + row;
      bounds[record] = position;
      bounds[record + capacity] = at;
      lines[row] = line;
      row += 1;
      line += 1 + (wasRead ? countLineEnds(source, position, at, 'LF') : 0);
      const next = at + 1;
      if (next - position > longestRecordBytes) longestRecordBytes = next - position;
      position = next;
    }
    columns.rows = row;
    from.position = position;
    from.line = line;
    from.longestRecordBytes = longestRecordBytes;
    return end;
  }

  /** Where the quote stands that ends a cell of one line; -1 where there is none, or something that a line end is made of comes before. */
  #closingQuote(start: number): number {
    const words = this.#words;
    const quotes = this.#quotes;
    const wordEnd = (this.#end + 3) >> 2;
    let word = start >> 2;
    if (word >= wordEnd) return -1;
    // What stands before the cell is made a byte that is neither.
    let bytes = (words[word] as number) | ~(-1 << ((start & 3) << 3));
    let others = bytes ^ quotes;
    let found = (others - FOUR_TIMES) & ~others & HIGHEST_BITS;
    let small = 0;
    while (found === 0) {
      small |= (bytes - ABOVE_LINE_ENDS) & ~bytes;
      word += 1;
      if (word >= wordEnd) return -1;
      bytes = words[word] as number;
      others = bytes ^ quotes;
      found = (others - FOUR_TIMES) & ~others & HIGHEST_BITS;
    }
    const first = found & -found;
    small |= (bytes - ABOVE_LINE_ENDS) & ~bytes & (first - 1);
    return (small & HIGHEST_BITS) === 0 ? (word << 2) + ((31 - Math.clz32(first)) >> 3) : -1;
  }
}
