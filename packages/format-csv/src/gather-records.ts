import type {
  CallContext,
  ColumnBatch,
  DecodeRequest,
  DelimitedReader,
  Field,
  InputLimits,
  UnitGatherer,
} from '@calve/core/plugin';
import { toByteDialect } from './byte-dialect.ts';
import { CellColumns } from './cell-columns.ts';
import type { Chunk } from './chunk.ts';
import { takeChunk } from './chunk.ts';
import { byteOrderMarkLength } from './content-start.ts';
import { CsvTokenizer } from './csv-tokenizer.ts';
import type { LineEnd } from './line-end.ts';
import { detectLineEnd } from './line-end.ts';
import { isPlainText } from './open-text.ts';
import { RecordScanner } from './record-scanner.ts';
import { findMalformedText } from './replace-malformed-text.ts';
import { trimLineEnds } from './trim-line-ends.ts';

/** Cells that are rewritten because of doubled quotes stand behind the data, for which there is an eighth more room. */
const REWRITTEN = 8;
/** Kernels look a little beyond the data. */
const SLACK_BYTES = 16;
/** Batches of gathered units end where their bytes do. */
const UNBOUNDED = 2 ** 29;

/** What reads the records of units whose lines end alike. */
interface RecordReading {
  tokenizer: CsvTokenizer;
  scanner: RecordScanner;
}

/** True when units of such a plan can be gathered: nothing stands between the stored bytes and the text, or before its first record. */
export function canGather(plan: DelimitedReader): boolean {
  return plan.multiLine && plan.columns.length > 0 && plan.skipLines === 0 && isPlainText(plan);
}

/**
 * Reads small files into one chunk, one behind the other, and their records into the same columns. It leaves to `RecordDecoding` every file of which that would
 * tell something: records with another number of cells or too long, quotes that are neither doubled nor at the end, malformed text, mixed line ends.
 */
export class GatheredRecords implements UnitGatherer {
  readonly #plan: DelimitedReader;
  readonly #context: CallContext;
  readonly #limits: Readonly<InputLimits>;
  readonly #dataBytes: number;
  readonly #mostRows: number;
  readonly #pending: CellColumns;
  readonly #readings = new Map<LineEnd, RecordReading | null>();
  #chunk: Chunk | null = null;
  /** Where the rewritten cells of the units so far end. */
  #tail = 0;
  /** Of each unit in the chunk: where it begins, and its first row. */
  readonly #starts: number[] = [];
  readonly #firstRows: number[] = [];

  /** @param chunkBytes Bytes of content that are gathered, unless a batch may have less. */
  constructor(plan: DelimitedReader, request: DecodeRequest, context: CallContext, chunkBytes: number) {
    this.#plan = plan;
    this.#context = context;
    this.#limits = context.limits;
    this.#dataBytes = Math.min(request.maxBytes, chunkBytes);
    this.#mostRows = request.maxRows;
    const fields = plan.columns.map((name): Field => ({ name, type: { kind: 'string' }, required: false }));
    this.#pending = new CellColumns(fields);
  }

  async room(bytes: number): Promise<Uint8Array | null> {
    if (this.#chunk === null && bytes <= this.#dataBytes) {
      this.#chunk = await takeChunk(this.#dataBytes + Math.ceil(this.#dataBytes / REWRITTEN) + SLACK_BYTES, this.#context);
      this.#tail = this.#dataBytes;
    }
    const chunk = this.#chunk;
    if (chunk === null || this.#pending.rows >= this.#mostRows || chunk.length + bytes > this.#dataBytes) return null;
    return chunk.bytes.subarray(chunk.length, chunk.length + bytes);
  }

  add(bytes: number): number {
    const chunk = this.#chunk as Chunk;
    const pending = this.#pending;
    const start = chunk.length;
    const firstRow = pending.rows;
    if (!this.#addRecords(chunk.bytes, start, start + bytes)) {
      pending.rows = firstRow;
      return -1;
    }
    chunk.length += bytes;
    this.#starts.push(start);
    this.#firstRows.push(firstRow);
    return pending.rows - firstRow;
  }

  take(): ColumnBatch | null {
    const chunk = this.#chunk;
    if (chunk === null) return null;
    const { rows } = this.#pending;
    const source = { bytes: chunk.bytes.subarray(0, this.#tail), byteOffset: 0, memory: chunk.memory };
    const batch = rows === 0 ? null : this.#pending.take(source, 0);
    if (batch?.byteOffsets) this.#countFromUnits(batch.byteOffsets, rows);
    this.#forgetUnits();
    return batch;
  }

  close(): void {
    this.#forgetUnits();
    this.#pending.close();
    for (const reading of this.#readings.values()) reading?.scanner.close();
    this.#readings.clear();
  }

  #forgetUnits(): void {
    this.#chunk?.memory.release();
    this.#chunk = null;
    this.#starts.length = 0;
    this.#firstRows.length = 0;
  }

  /** @returns False: something has to be told of the unit. Rows that were added of it are to be forgotten. */
  #addRecords(source: Uint8Array, start: number, end: number): boolean {
    const pending = this.#pending;
    const { recordBytes } = this.#limits;
    let position = start + byteOrderMarkLength(source.subarray(start, end));
    const lineEnd = detectLineEnd(source, position, end, true);
    const reading = lineEnd === null ? null : this.#reading(lineEnd);
    if (reading === null || lineEnd === null || hasOtherLineFeed(source, position, end, lineEnd)) return false;
    if (findMalformedText(source, position, end) >= 0) return false;
    const { tokenizer, scanner } = reading;
    tokenizer.attach(source, end, true);
    tokenizer.tail = this.#tail;
    scanner.attach(source, end);
    const limits = { rows: UNBOUNDED, bytes: UNBOUNDED, firstTail: 0 };
    const firstRow = pending.rows;
    let isHeaderNext = this.#plan.header;
    let line = 1;
    while (position < end) {
      // What the first record looks like decides about the line end, so the tokenizer reads it.
      if (!isHeaderNext && (this.#plan.header || pending.rows > firstRow)) {
        scanner.position = position;
        scanner.line = line;
        const stop = scanner.scan(pending, limits);
        position = scanner.position;
        line = scanner.line;
        if (stop === 'room') pending.makeRoom();
        if (stop !== 'record' || position >= end) continue;
      }
      const outcome = tokenizer.next(position);
      if (outcome !== 'record' && outcome !== 'blank' && outcome !== 'comment') return false;
      if (outcome === 'record') {
        if (tokenizer.unescapedQuotes > 0 || tokenizer.unclosedQuoteAt >= 0 || tokenizer.hasStrayReturn) return false;
        if (tokenizer.contentEnd - position > recordBytes) return false;
        if (isHeaderNext) {
          if (tokenizer.contentEnd - position > this.#limits.headerBytes) return false;
          isHeaderNext = false;
          tokenizer.forget(0, this.#tail);
        } else {
          if (tokenizer.cells.count !== pending.width) return false;
          pending.add(tokenizer.cells, position, trimLineEnds(source, position, tokenizer.contentEnd), line);
          tokenizer.forget(0, tokenizer.tail);
        }
      }
      line += tokenizer.innerLines + (tokenizer.nextRecord > tokenizer.contentEnd ? 1 : 0);
      position = tokenizer.nextRecord;
    }
    this.#tail = tokenizer.tail;
    return true;
  }

  #reading(lineEnd: LineEnd): RecordReading | null {
    const known = this.#readings.get(lineEnd);
    if (known !== undefined) return known;
    const { columns, cellBytes, recordBytes } = this.#limits;
    const dialect = toByteDialect(this.#plan);
    const tokenizer = new CsvTokenizer(dialect, lineEnd, this.#limits);
    const isNarrow = this.#pending.width <= columns;
    const scanner = isNarrow ? RecordScanner.of(tokenizer, dialect, lineEnd, Math.min(cellBytes, recordBytes)) : null;
    const reading = scanner && { tokenizer, scanner };
    this.#readings.set(lineEnd, reading);
    return reading;
  }

  #countFromUnits(byteOffsets: Float64Array, rows: number): void {
    for (const [unit, start] of this.#starts.entries()) {
      const end = this.#firstRows[unit + 1] ?? rows;
      for (let row = this.#firstRows[unit] as number; row < end; row += 1)
        byteOffsets[row] = (byteOffsets[row] as number) - start;
    }
  }
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** True when a line feed stands where the line end of the file has none: that is refused, or told. */
function hasOtherLineFeed(bytes: Uint8Array, from: number, to: number, lineEnd: LineEnd): boolean {
  if (lineEnd === 'LF') return false;
  const data = bytes.subarray(0, to);
  for (let at = data.indexOf(LINE_FEED, from); at >= 0; at = data.indexOf(LINE_FEED, at + 1)) {
    if (lineEnd === 'CR' || data[at - 1] !== CARRIAGE_RETURN) return true;
  }
  return false;
}
