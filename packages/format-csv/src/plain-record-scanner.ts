import type { CellColumns } from './cell-columns.ts';
import { NULL_CELL, QUOTED_CELL } from './cell-index.ts';
import type { CsvTokenizer } from './csv-tokenizer.ts';
import type { LineEnd } from './line-end.ts';
import { countLineEnds } from './line-end.ts';
import type { ScannedDialect } from './scan-control.ts';
import type { ScanEnd, ScanLimits } from './scan-limits.ts';
import type { ScanPlace } from './scan-place.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** A byte, four times. */
const FOUR_TIMES = 0x01010101;
const HIGHEST_BITS = 0x80808080 | 0;
const LOWER_BITS = 0x7f7f7f7f;
/** Above both bytes that line ends are made of. */
const ABOVE_LINE_ENDS = (CARRIAGE_RETURN + 1) * FOUR_TIMES;
const NO_BYTES = new Uint8Array(0);

/**
 * Reads records from their bytes, four at a time: the twin in JavaScript of what finds structure and scans records from its places, and normative:
 * assembly/scan-records.ts gives the same cells. A cell in quotes is searched for the next quote alone, whatever else is in it.
 *
 * Numbers are kept to 32 bits (`| 0`), so that the compiler does so too.
 */
export class PlainRecordScanner {
  readonly #tokenizer: CsvTokenizer;
  readonly #dialect: ScannedDialect;
  readonly #lineEnd: LineEnd;
  readonly #quotes: number;
  #source: Uint8Array = NO_BYTES;
  /** The source, four bytes at a time; `null` until someone scans. */
  #words: Int32Array | null = null;
  #end = 0;
  /** Where the last line end stands; -1: there is none. */
  #lastStop = -1;

  constructor(tokenizer: CsvTokenizer, dialect: ScannedDialect, lineEnd: LineEnd) {
    this.#tokenizer = tokenizer;
    this.#dialect = dialect;
    this.#lineEnd = lineEnd;
    this.#quotes = Math.imul(dialect.quote, FOUR_TIMES);
  }

  /** Sets the bytes that `scan` works on, as `RecordScanner.attach` does. */
  attach(source: Uint8Array, end: number): void {
    this.#source = source;
    this.#end = end;
    this.#words = null;
  }

  /** Adds rows to `columns`, from `from.position` on, and moves it. `record`: what begins there is for the tokenizer to say. */
  scan(from: ScanPlace, columns: CellColumns, limits: ScanLimits): ScanEnd {
    // Everything the loop needs is a local: it runs once per cell.
    const source = this.#source;
    const words = this.#words ?? this.#open();
    const lastStop = this.#lastStop;
    const tokenizer = this.#tokenizer;
    const { delimiter, quote, comment, stop, isPair, recordBytes } = this.#dialect;
    const isLineFeed = this.#lineEnd === 'LF';
    const delimiters = Math.imul(delimiter, FOUR_TIMES);
    const stops = Math.imul(stop, FOUR_TIMES);
    const { width, capacity, bounds, kinds, lines } = columns;
    const mostRows = Math.min(limits.rows, capacity);
    const mostBytes = limits.bytes + limits.firstTail;
    const records = width * 2 * capacity;

    let { position, line, longestRecordBytes } = from;
    let row = columns.rows;
    let firstStart = row > 0 ? columns.firstStart : position;
    let end: ScanEnd = 'record';
    // The highest bit of each byte of the word at hand that is a delimiter or may end a line, and is not behind.
    let word = position >> 2;
    let found = placesOf(words[word] as number, delimiters, stops) & (-1 << ((position & 3) << 3));
    while (position <= lastStop) {
      if (row >= mostRows) {
        end = row >= limits.rows ? 'rows' : 'room';
        break;
      }
      if (source[position] === comment) break;
      const firstTail = tokenizer.tail;
      let at = position | 0;
      let place = row | 0;
      let kind = row | 0;
      let cells = 0;
      let innerLines = 0;
      let wasRead = false;
      for (let start = at; ; start = (at + 1) | 0) {
        if (source[start] !== quote) {
          // Quotes inside of a cell that does not begin with one are text, and so is half of a line end.
          do {
            while (found === 0) {
              word = (word + 1) | 0;
              found = placesOf(words[word] as number, delimiters, stops);
            }
            at = ((word << 2) + ((31 - Math.clz32(found & -found)) >> 3)) | 0;
            found &= found - 1;
          } while (isPair && source[at] === stop && source[at + 1] !== LINE_FEED);
          bounds[place] = start;
          bounds[place + capacity] = at;
          // Nulls come and go, and a branch would be guessed wrong: no other cell than an empty one is below zero here.
          kinds[kind] = ((at - start - 1) >> 31) & NULL_CELL;
        } else {
          let cellStart = (start + 1) | 0;
          let cellEnd = this.#closingQuote(words, cellStart);
          if (cellEnd < -1 && isLineFeed) {
            cellEnd = ~cellEnd;
            innerLines += countLineEnds(source, cellStart, cellEnd, 'LF');
          }
          at = (cellEnd + 1) | 0;
          if (cellEnd < 0 || (source[at] !== delimiter && (source[at] !== stop || (isPair && source[at + 1] !== LINE_FEED)))) {
            // Doubled quotes, line ends that become others, quotes that stand where none should.
            at = tokenizer.readQuoted(start);
            cellStart = tokenizer.cells.starts[0] as number;
            cellEnd = tokenizer.cells.ends[0] as number;
            tokenizer.cells.count = 0;
            wasRead = true;
          }
          // What begins behind the last line end does not end before it.
          if (at < 0 || at > lastStop) break;
          bounds[place] = cellStart;
          bounds[place + capacity] = cellEnd;
          kinds[kind] = QUOTED_CELL;
          // Where every cell has quotes, other places are never asked for.
          if (source[at + 1] !== quote) {
            word = (at + 1) >> 2;
            found = placesOf(words[word] as number, delimiters, stops) & (-1 << (((at + 1) & 3) << 3));
          }
        }
        cells = (cells + 1) | 0;
        if (cells === width || source[at] !== delimiter) break;
        place = (place + capacity * 2) | 0;
        kind = (kind + capacity) | 0;
      }
      const isWhole = cells === width && at > position && at <= lastStop && source[at] === stop && at - position <= recordBytes;
      if (!isWhole || source[at - 1] === CARRIAGE_RETURN || source[at - 1] === LINE_FEED) {
        tokenizer.forget(0, firstTail);
        break;
      }
      if (row === 0) firstStart = position;
      else if (at - firstStart + tokenizer.tail > mostBytes) {
        tokenizer.forget(0, firstTail);
        end = 'bytes';
        break;
      }
      bounds[records + row] = position;
      bounds[records + capacity + row] = at;
      lines[row] = line;
      row = (row + 1) | 0;
      line += 1 + (wasRead ? countLineEnds(source, position, at, this.#lineEnd) : innerLines);
      const next = (at + (isPair ? 2 : 1)) | 0;
      if (next - position > longestRecordBytes) longestRecordBytes = next - position;
      position = next;
    }
    columns.rows = row;
    from.position = position;
    from.line = line;
    from.longestRecordBytes = longestRecordBytes;
    return end;
  }

  #open(): Int32Array {
    const source = this.#source;
    const { stop, isPair } = this.#dialect;
    let last = this.#end;
    do last = last > 0 ? source.lastIndexOf(stop, last - 1) : -1;
    while (isPair && last >= 0 && (last + 1 >= this.#end || source[last + 1] !== LINE_FEED));
    this.#lastStop = last;
    this.#words = new Int32Array(source.buffer, source.byteOffset, source.byteLength >> 2);
    return this.#words;
  }

  /** Where the next quote stands; its complement where a line end may stand before it; -1: there is none. */
  #closingQuote(words: Int32Array, start: number): number {
    const quotes = this.#quotes;
    const wordEnd = (this.#end + 3) >> 2;
    let word = start >> 2;
    if (word >= wordEnd) return -1;
    // What stands before the cell is made a byte that is neither.
    let bytes = (words[word] as number) | ~(-1 << ((start & 3) << 3));
    let others = bytes ^ quotes;
    let quote = (others - FOUR_TIMES) & ~others & HIGHEST_BITS;
    let small = 0;
    while (quote === 0) {
      small |= (bytes - ABOVE_LINE_ENDS) & ~bytes;
      word = (word + 1) | 0;
      if (word >= wordEnd) return -1;
      bytes = words[word] as number;
      others = bytes ^ quotes;
      quote = (others - FOUR_TIMES) & ~others & HIGHEST_BITS;
    }
    const first = quote & -quote;
    small |= (bytes - ABOVE_LINE_ENDS) & ~bytes & (first - 1);
    const at = ((word << 2) + ((31 - Math.clz32(first)) >> 3)) | 0;
    return (small & HIGHEST_BITS) === 0 ? at : ~at;
  }
}

/** The highest bit of each byte of a word that is one of two, which are given four times each. */
function placesOf(bytes: number, first: number, second: number): number {
  const x = bytes ^ first;
  const y = bytes ^ second;
  return ~((((x & LOWER_BITS) + LOWER_BITS) | x) & (((y & LOWER_BITS) + LOWER_BITS) | y)) & HIGHEST_BITS;
}
