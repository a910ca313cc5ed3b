import type { ByteDialect } from './byte-dialect.ts';
import type { CellColumns } from './cell-columns.ts';
import { NULL_CELL, QUOTED_CELL, RAW_CELL } from './cell-index.ts';
import { csvKernels } from './csv-kernels.ts';
import type { CsvTokenizer } from './csv-tokenizer.ts';
import { fillRun } from './fill-run.ts';
import type { LineEnd } from './line-end.ts';
import { countLineEnds } from './line-end.ts';
import { QuotedRecordScanner } from './quoted-record-scanner.ts';
import { scanCall } from './scan-call.ts';
import { ScanControl } from './scan-control.ts';
import type { ScanEnd, ScanLimits } from './scan-limits.ts';
import { StructureIndex } from './structure-index.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Records that are taken together: their places are read once per column. */
const MOST_RUN = 256;

/** What the compiled twin answers with when it ended before the block did. */
const MOST_ROWS_REACHED = 1;
const MOST_BYTES_REACHED = 2;

/**
 * Reads runs of records that hold no surprise straight into columns, several times as fast as `CsvTokenizer` and with the same cells: records of
 * the expected width that end in a line end, whose quoted cells begin and end with a quote. Whatever else begins somewhere is left to the tokenizer:
 * blank lines and comments, ragged records, stray and unclosed quotes, records that are too long, and the last one without a line end.
 *
 * Nothing is guessed from the number of quotes: every record is cut as the tokenizer cuts it, from its first byte on.
 */
export class RecordScanner {
  /** Where the next record begins. */
  position = 0;
  /** On which line. */
  line = 1;
  /** Length of the longest record so far, with its line end. */
  longestRecordBytes = 0;

  readonly #tokenizer: CsvTokenizer;
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #comment: number;
  readonly #lineEnd: LineEnd;
  /** The first byte of a line end. */
  readonly #stop: number;
  readonly #recordBytes: number;
  readonly #index: StructureIndex;
  readonly #control: ScanControl;
  /** `null`: not for this dialect. */
  readonly #quoted: QuotedRecordScanner | null;
  #source: Uint8Array = new Uint8Array(0);
  #end = 0;
  /** Entry of the index with the last line end of the block; -1 without one. */
  #lastStop = -1;

  private constructor(tokenizer: CsvTokenizer, dialect: ByteDialect, lineEnd: LineEnd, recordBytes: number) {
    this.#tokenizer = tokenizer;
    this.#delimiter = dialect.delimiter[0] as number;
    this.#quote = dialect.quote;
    this.#comment = dialect.comment;
    this.#lineEnd = lineEnd;
    this.#stop = lineEnd === 'LF' ? LINE_FEED : CARRIAGE_RETURN;
    this.#recordBytes = recordBytes;
    this.#index = new StructureIndex(this.#delimiter, this.#stop, this.#quote < 0 ? this.#stop : this.#quote);
    this.#control = new ScanControl({
      delimiter: this.#delimiter,
      quote: this.#quote,
      comment: this.#comment,
      stop: this.#stop,
      isPair: lineEnd === 'CRLF',
      recordBytes,
    });
    const { quote, comment } = dialect;
    this.#quoted =
      quote < 0 || lineEnd !== 'LF'
        ? null
        : new QuotedRecordScanner(tokenizer, { delimiter: this.#delimiter, quote, comment, recordBytes });
  }

  /**
   * @param tokenizer Of the same dialect; it reads single cells for the scanner.
   * @param recordBytes Longer records are left to the tokenizer; at most what a cell may have.
   * @returns `null` for a dialect in which records cannot be told so easily: an escape of its own, a delimiter of several bytes.
   */
  static of(tokenizer: CsvTokenizer, dialect: ByteDialect, lineEnd: LineEnd, recordBytes: number): RecordScanner | null {
    const isPlain = dialect.delimiter.length === 1 && dialect.escape === dialect.quote;
    return isPlain ? new RecordScanner(tokenizer, dialect, lineEnd, recordBytes) : null;
  }

  /**
   * Sets the bytes that `scan` works on: those to which the tokenizer is attached.
   *
   * @param source Begins at a multiple of 4 of its buffer. There are at least 3 bytes behind `end`.
   * @param end Records that do not end before it are left to the tokenizer.
   */
  attach(source: Uint8Array, end: number): void {
    this.#source = source;
    this.#end = end;
    this.#index.attach(source, end);
    this.#quoted?.attach(source, end);
    this.#lastStop = -1;
  }

  /** Gives its memory back. */
  close(): void {
    this.#index.close();
    this.#control.close();
  }

  /** Adds rows to `columns`, from `position` on. */
  scan(columns: CellColumns, limits: ScanLimits): ScanEnd {
    const index = this.#index;
    index.skipTo(this.position);
    for (;;) {
      if (index.next > this.#lastStop) {
        const end = csvKernels.current === null && this.#quoted !== null ? this.#quoted.scan(this, columns, limits) : 'record';
        if (end !== 'record') return end;
        if (!index.hasMore) return 'record';
        index.fill(this.position);
        this.#lastStop = this.#findLastStop();
        if (index.next > this.#lastStop) return 'record';
      }
      const end = this.#scanCompiled(columns, limits) ?? this.#scanBlock(columns, limits);
      if (end !== 'record' || index.next <= this.#lastStop) return end;
    }
  }

  /** `#scanBlock` in one call; `null` where nothing compiled can be used. */
  #scanCompiled(columns: CellColumns, limits: ScanLimits): ScanEnd | null {
    const kernels = csvKernels.current;
    const control = this.#control;
    const index = this.#index;
    if (kernels === null || control.offset < 0) return null;
    const call = scanCall(this.#source, index, columns, limits, { position: this.position, lastStop: this.#lastStop });
    if (call === null) return null;
    const tokenizer = this.#tokenizer;
    const { rows } = columns;
    const { position, line, longestRecordBytes: longest } = this;
    control.write(call, { next: index.next, other: index.nextOther, position, row: rows, tail: tokenizer.tail, longest, line });
    const end = kernels.scanRecords(control.offset);
    const state = control.read();
    columns.rows = state.row;
    index.next = state.next;
    index.nextOther = state.other;
    tokenizer.tail = state.tail;
    this.position = state.position;
    this.line = state.line;
    this.longestRecordBytes = state.longest;
    if (end === MOST_ROWS_REACHED) return state.row >= limits.rows ? 'rows' : 'room';
    return end === MOST_BYTES_REACHED ? 'bytes' : 'record';
  }

  /**
   * Walks from place to place. The last line end of the block is never missed, so every search ends there.
   */
  #scanBlock(columns: CellColumns, limits: ScanLimits): ScanEnd {
    // Everything the loop needs is a local: it runs once per cell.
    const source = this.#source;
    const tokenizer = this.#tokenizer;
    const { places, others } = this.#index;
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    const comment = this.#comment;
    const isLineFeed = this.#lineEnd === 'LF';
    const isPair = this.#lineEnd === 'CRLF';
    const lastStop = this.#lastStop;
    const recordBytes = this.#recordBytes;
    const { width, capacity, bounds, kinds, lines } = columns;
    const mostRows = Math.min(limits.rows, capacity);
    const mostBytes = limits.bytes + limits.firstTail;
    const lastColumn = (width - 1) * capacity;

    let { position, line, longestRecordBytes } = this;
    let { next, nextOther: other } = this.#index;
    let row = columns.rows;
    let firstStart = row > 0 ? columns.firstStart : position;
    let end: ScanEnd = 'record';
    records: while (next <= lastStop) {
      if (row >= mostRows) {
        end = row >= limits.rows ? 'rows' : 'room';
        break;
      }
      // Where every cell has quotes, nothing is to be found out about records without any.
      if (source[position] !== quote) while ((others[other] as number) < next) other += 1;
      if (others[other] === next + width - 1) {
        // No quote stands before the end of this record, and there are as many cells as there should be. Most often that goes on.
        const run = this.#findRun(
          columns,
          row,
          Math.min(mostRows - row, MOST_RUN),
          other,
          next,
          position,
          line,
          firstStart,
          mostBytes,
        );
        if (run > 0) {
          fillRun(columns, row, run, places, next);
          if (row === 0) firstStart = position;
          position = this.position;
          longestRecordBytes = Math.max(longestRecordBytes, this.longestRecordBytes);
          row += run;
          line += run;
          next += run * width;
          other += run;
          continue;
        }
      }
      if (source[position] === comment) break;
      const firstTail = tokenizer.tail;
      let start = position;
      let entry = next;
      let at = places[entry] as number;
      let innerLines = 0;
      let hasRewritten = false;
      // Where the kinds of the column at hand begin.
      let column = 0;
      for (;;) {
        // Cells from one delimiter to the next, and cells that are nothing but two quotes around a text without any.
        while (column < lastColumn) {
          const place = column * 2 + row;
          if (source[start] === quote) {
            const close = places[entry + 1] as number;
            if (source[close] !== quote || source[close + 1] !== delimiter) break;
            bounds[place] = start + 1;
            bounds[place + capacity] = close;
            kinds[column + row] = QUOTED_CELL;
            entry += 3;
            start = close + 2;
          } else {
            if (source[at] !== delimiter) break;
            bounds[place] = start;
            bounds[place + capacity] = at;
            kinds[column + row] = start === at ? NULL_CELL : RAW_CELL;
            entry += 1;
            start = at + 1;
          }
          column += capacity;
          at = places[entry] as number;
        }
        let byte = source[at] as number;
        let cellStart = start;
        let cellEnd = at;
        let kind = RAW_CELL;
        if (byte !== quote || at !== start) {
          // Quotes inside of a cell that does not begin with one are text, and so is half of a line end.
          while (byte !== delimiter && (byte === quote || (isPair && source[at + 1] !== LINE_FEED))) {
            entry += 1;
            at = places[entry] as number;
            byte = source[at] as number;
          }
          cellEnd = at;
          if (at === start) {
            if (byte !== delimiter && at === position) break records;
            kind = NULL_CELL;
          }
        } else {
          kind = QUOTED_CELL;
          cellStart += 1;
          for (;;) {
            entry += 1;
            at = places[entry] as number;
            byte = source[at] as number;
            if (byte === delimiter) continue;
            if (byte === quote || !isLineFeed || entry >= lastStop) break;
            innerLines += 1;
          }
          cellEnd = at;
          // The closing quote is not the last place: that is a line end.
          const isClosed = byte === quote && places[entry + 1] === at + 1;
          if (isClosed) byte = source[at + 1] as number;
          if (isClosed && byte !== quote && (byte === delimiter || !isPair || source[at + 2] === LINE_FEED)) {
            entry += 1;
            at += 1;
          } else {
            // Doubled quotes, line ends that become others, quotes that stand where none should.
            at = tokenizer.readQuoted(start);
            cellStart = tokenizer.cells.starts[0] as number;
            cellEnd = tokenizer.cells.ends[0] as number;
            tokenizer.cells.count = 0;
            if (at < 0 || at > (places[lastStop] as number)) {
              tokenizer.forget(0, firstTail);
              break records;
            }
            while ((places[entry] as number) < at) entry += 1;
            byte = source[at] as number;
            hasRewritten = true;
          }
        }
        const place = column * 2 + row;
        bounds[place] = cellStart;
        bounds[place + capacity] = cellEnd;
        kinds[column + row] = kind;
        if (byte !== delimiter) break;
        if (column === lastColumn) {
          tokenizer.forget(0, firstTail);
          break records;
        }
        column += capacity;
        start = at + 1;
        entry += 1;
        at = places[entry] as number;
      }
      const before = source[at - 1];
      if (column !== lastColumn || before === CARRIAGE_RETURN || before === LINE_FEED || at - position > recordBytes) {
        tokenizer.forget(0, firstTail);
        break;
      }
      if (row === 0) firstStart = position;
      else if (at - firstStart + tokenizer.tail > mostBytes) {
        tokenizer.forget(0, firstTail);
        end = 'bytes';
        break;
      }
      const place = (column + capacity) * 2 + row;
      bounds[place] = position;
      bounds[place + capacity] = at;
      lines[row] = line;
      row += 1;
      line += 1 + (hasRewritten ? countLineEnds(source, position, at, this.#lineEnd) : innerLines);
      const nextPosition = at + (isPair ? 2 : 1);
      if (nextPosition - position > longestRecordBytes) longestRecordBytes = nextPosition - position;
      position = nextPosition;
      next = entry + 1;
    }
    columns.rows = row;
    this.#index.next = next;
    this.#index.nextOther = other;
    this.position = position;
    this.line = line;
    this.longestRecordBytes = longestRecordBytes;
    return end;
  }

  /**
   * Finds how many records without quotes follow one another, writes where they stand and sets `position` behind them.
   *
   * @param other The first of the index's other places that is not before `next`.
   * @returns At most `mostRows`; 0 when the first record is not like that.
   */
  #findRun(
    columns: CellColumns,
    row: number,
    mostRows: number,
    other: number,
    next: number,
    position: number,
    line: number,
    firstStart: number,
    mostBytes: number,
  ): number {
    const source = this.#source;
    const { places, others } = this.#index;
    const stop = this.#stop;
    const comment = this.#comment;
    const isPair = this.#lineEnd === 'CRLF';
    const recordBytes = this.#recordBytes;
    const lastStop = this.#lastStop;
    const { width, capacity, bounds, lines } = columns;
    const records = width * 2 * capacity + row;
    // The first row of a batch may have any length.
    const mostEnd = mostBytes - this.#tokenizer.tail + (row > 0 ? firstStart : position);
    let { longestRecordBytes } = this;
    let start = position;
    let entry = next + width - 1;
    let run = 0;
    for (; run < mostRows && entry <= lastStop && others[other + run] === entry; run += 1) {
      const at = places[entry] as number;
      const before = source[at - 1];
      if (at === start || source[at] !== stop || source[start] === comment || (isPair && source[at + 1] !== LINE_FEED)) break;
      if (before === CARRIAGE_RETURN || before === LINE_FEED || at - start > recordBytes) break;
      if (at > mostEnd && row + run > 0) break;
      bounds[records + run] = start;
      bounds[records + run + capacity] = at;
      lines[row + run] = line + run;
      const following = isPair ? at + 2 : at + 1;
      if (following - start > longestRecordBytes) longestRecordBytes = following - start;
      start = following;
      entry += width;
    }
    this.position = start;
    this.longestRecordBytes = longestRecordBytes;
    return run;
  }

  /** The last entry of the block that ends a record if it does not stand inside quotes; -1 without one. */
  #findLastStop(): number {
    const { places } = this.#index;
    let entry = this.#index.count - 1;
    for (; entry >= 0; entry -= 1) {
      const at = places[entry] as number;
      if (this.#source[at] !== this.#stop) continue;
      if (this.#lineEnd !== 'CRLF' || (at + 1 < this.#end && this.#source[at + 1] === LINE_FEED)) break;
    }
    return entry;
  }
}
