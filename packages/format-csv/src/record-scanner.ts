import type { ByteDialect } from './byte-dialect.ts';
import type { CellColumns } from './cell-columns.ts';
import { csvKernels } from './csv-kernels.ts';
import type { CsvTokenizer } from './csv-tokenizer.ts';
import type { LineEnd } from './line-end.ts';
import { PlainRecordScanner } from './plain-record-scanner.ts';
import { scanCall } from './scan-call.ts';
import { ScanControl } from './scan-control.ts';
import type { ScanEnd, ScanLimits } from './scan-limits.ts';
import { StructureIndex } from './structure-index.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

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
  readonly #lineEnd: LineEnd;
  /** The first byte of a line end. */
  readonly #stop: number;
  readonly #index: StructureIndex;
  readonly #control: ScanControl;
  readonly #plain: PlainRecordScanner;
  #source: Uint8Array = new Uint8Array(0);
  #end = 0;
  /** Entry of the index with the last line end of the block; -1 without one. */
  #lastStop = -1;

  private constructor(tokenizer: CsvTokenizer, dialect: ByteDialect, lineEnd: LineEnd, recordBytes: number) {
    const { quote, comment } = dialect;
    const delimiter = dialect.delimiter[0] as number;
    const isPair = lineEnd === 'CRLF';
    this.#tokenizer = tokenizer;
    this.#lineEnd = lineEnd;
    this.#stop = lineEnd === 'LF' ? LINE_FEED : CARRIAGE_RETURN;
    this.#index = new StructureIndex(delimiter, this.#stop, quote < 0 ? this.#stop : quote);
    const scanned = { delimiter, quote, comment, stop: this.#stop, isPair, recordBytes };
    this.#control = new ScanControl(scanned);
    this.#plain = new PlainRecordScanner(tokenizer, scanned, lineEnd);
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
    this.#plain.attach(source, end);
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
        if (!index.hasMore) return 'record';
        if (!index.fill(this.position)) return this.#plain.scan(this, columns, limits);
        this.#lastStop = this.#findLastStop();
        if (index.next > this.#lastStop) return 'record';
      }
      const end = this.#scanCompiled(columns, limits) ?? this.#plain.scan(this, columns, limits);
      if (end !== 'record' || index.next <= this.#lastStop) return end;
    }
  }

  /** What `PlainRecordScanner` does, in one call; `null` where nothing compiled can be used. */
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
