import type { CellColumns } from './cell-columns.ts';
import { NULL_CELL, QUOTED_CELL, RAW_CELL } from './cell-index.ts';
import type { CsvTokenizer } from './csv-tokenizer.ts';
import { fillRun } from './fill-run.ts';
import type { LineEnd } from './line-end.ts';
import { countLineEnds } from './line-end.ts';
import type { ScannedDialect } from './scan-control.ts';
import type { ScanEnd, ScanLimits } from './scan-limits.ts';
import type { ScanPlace } from './scan-place.ts';
import type { StructureIndex } from './structure-index.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Records that are taken together: their places are read once per column. */
const MOST_RUN = 256;

/** The twin in JavaScript of what scans records from an index, and normative: assembly/scan-records.ts gives the same cells. */
export class PlainRecordScanner {
  readonly #tokenizer: CsvTokenizer;
  readonly #dialect: ScannedDialect;
  readonly #lineEnd: LineEnd;
  readonly #index: StructureIndex;
  #source: Uint8Array = new Uint8Array(0);

  constructor(tokenizer: CsvTokenizer, dialect: ScannedDialect, lineEnd: LineEnd, index: StructureIndex) {
    this.#tokenizer = tokenizer;
    this.#dialect = dialect;
    this.#lineEnd = lineEnd;
    this.#index = index;
  }

  /** Sets the bytes that `scan` works on, as `RecordScanner.attach` does. */
  attach(source: Uint8Array): void {
    this.#source = source;
  }

  /**
   * Adds rows to `columns`, from `from.position` on, and moves it and the index. The last line end of the block is never missed, so every search
   * ends there.
   *
   * @param lastStop Entry of the index with the last line end of the block.
   */
  scan(from: ScanPlace, columns: CellColumns, limits: ScanLimits, lastStop: number): ScanEnd {
    // Everything the loop needs is a local: it runs once per cell.
    const source = this.#source;
    const tokenizer = this.#tokenizer;
    const { places, others } = this.#index;
    const { delimiter, quote, comment, isPair, recordBytes } = this.#dialect;
    const isLineFeed = this.#lineEnd === 'LF';
    const { width, capacity, bounds, kinds, lines } = columns;
    const mostRows = Math.min(limits.rows, capacity);
    const mostBytes = limits.bytes + limits.firstTail;
    const lastColumn = (width - 1) * capacity;

    let { position, line, longestRecordBytes } = from;
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
          from,
          columns,
          row,
          Math.min(mostRows - row, MOST_RUN),
          other,
          next,
          position,
          line,
          firstStart,
          mostBytes,
          lastStop,
        );
        if (run > 0) {
          fillRun(columns, row, run, places, next);
          if (row === 0) firstStart = position;
          position = from.position;
          longestRecordBytes = Math.max(longestRecordBytes, from.longestRecordBytes);
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
    from.position = position;
    from.line = line;
    from.longestRecordBytes = longestRecordBytes;
    return end;
  }

  /**
   * Finds how many records without quotes follow one another, writes where they stand and sets `from.position` behind them.
   *
   * @param other The first of the index's other places that is not before `next`.
   * @returns At most `mostRows`; 0 when the first record is not like that.
   */
  #findRun(
    from: ScanPlace,
    columns: CellColumns,
    row: number,
    mostRows: number,
    other: number,
    next: number,
    position: number,
    line: number,
    firstStart: number,
    mostBytes: number,
    lastStop: number,
  ): number {
    const source = this.#source;
    const { places, others } = this.#index;
    const { stop, comment, isPair, recordBytes } = this.#dialect;
    const { width, capacity, bounds, lines } = columns;
    const records = width * 2 * capacity + row;
    // The first row of a batch may have any length.
    const mostEnd = mostBytes - this.#tokenizer.tail + (row > 0 ? firstStart : position);
    let { longestRecordBytes } = from;
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
    from.position = start;
    from.longestRecordBytes = longestRecordBytes;
    return run;
  }
}
