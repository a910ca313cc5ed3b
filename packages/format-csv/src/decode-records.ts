import type {
  CallContext,
  CalveError,
  DecodeEvent,
  DecodeRequest,
  DelimitedReader,
  Field,
  InputLimits,
  Position,
} from '@calve/core/plugin';
import { RejectedRecords, ROW_CODES } from '@calve/core/plugin';
import type { ByteDialect } from './byte-dialect.ts';
import { toByteDialect } from './byte-dialect.ts';
import { CellColumns } from './cell-columns.ts';
import type { Chunk } from './chunk.ts';
import { ChunkReader } from './chunk-reader.ts';
import { readContentStart, readRangeStart } from './content-start.ts';
import { CsvFindings } from './csv-findings.ts';
import { assertHeader, refusedRecord } from './csv-limits.ts';
import { CsvTokenizer } from './csv-tokenizer.ts';
import { refuseOtherEncoding } from './encoding/refuse-other-encoding.ts';
import type { LineEnd } from './line-end.ts';
import type { TextContent } from './open-text.ts';
import { RecordScanner } from './record-scanner.ts';
import { repairCells } from './repair-cells.ts';
import { findMalformedText, findReplacements, ONLY_ASCII, VALID_TEXT } from './replace-malformed-text.ts';
import type { ScanEnd } from './scan-limits.ts';
import { trimLineEnds } from './trim-line-ends.ts';

/** How a pass over the content is made. */
export interface DecodeSettings {
  /** Bytes of content in one chunk, at least 16. */
  chunkBytes: number;
  /**
   * Asked before more is read, once there is a data record: true ends the pass, without the record that is not complete yet.
   * Absent: the whole content is read.
   */
  hasEnough?: (readBytes: number) => boolean;
  /** Offset in the content where `hasEnough` is asked before anything beyond is read. Absent: wherever a chunk ends. */
  pauseAt?: number;
  /** Collects what is noticed, for someone who goes on collecting. Absent: the pass has its own. */
  findings?: CsvFindings;
  /** The text begins there in its file, between two records. Absent: it is the whole file. */
  inside?: { start: number; lineEnd: LineEnd };
  /** True: the tokenizer reads every record, also those that the scanner would. The result is the same, which tests show. */
  withoutScanner?: boolean;
}

/** One pass over the text of a file. */
export class RecordDecoding {
  /** True when the pass saw the end of the content. */
  isComplete = false;
  /** Known after the first event. `null`: the content has no line end. */
  lineEnd: LineEnd | null = null;
  /** Length of the longest record so far, header and line end included. */
  longestRecordBytes = 0;

  readonly #plan: DelimitedReader;
  readonly #request: DecodeRequest;
  readonly #settings: DecodeSettings;
  readonly #limits: Readonly<InputLimits>;
  readonly #text: TextContent;
  readonly #chunks: ChunkReader;
  readonly #findings: CsvFindings;
  /** Rows that wait to become a batch. */
  readonly #pending: CellColumns;
  readonly #rejected = new RejectedRecords();
  /** `null`: every record is for the tokenizer. */
  #scanner: RecordScanner | null = null;
  /** Where the first byte stands that was rewritten for the first pending row. */
  #firstTail = 0;
  /** Data records so far, accepted or rejected. */
  #records = 0;
  #line = 1;
  #position = 0;

  constructor(text: TextContent, plan: DelimitedReader, request: DecodeRequest, context: CallContext, settings: DecodeSettings) {
    this.#text = text;
    this.#plan = plan;
    this.#request = request;
    this.#settings = settings;
    this.#limits = context.limits;
    const fields = plan.columns.map((name): Field => ({ name, type: { kind: 'string' }, required: false }));
    this.#findings = settings.findings ?? new CsvFindings(plan.encoding);
    const chunkBytes = Math.max(16, Math.min(settings.chunkBytes, request.maxBytes));
    const { sizeBytes } = text.reader;
    this.#pending = new CellColumns(fields, sizeBytes < 0 ? chunkBytes : Math.min(chunkBytes, sizeBytes));
    this.#chunks = new ChunkReader(text, context, chunkBytes, settings.pauseAt);
  }

  /** Physical lines that were read. */
  get lines(): number {
    return this.#line - 1;
  }

  /** The events of the pass. Called once. */
  async *events(): AsyncGenerator<DecodeEvent, void, undefined> {
    try {
      yield* this.#decode();
    } finally {
      this.#chunks.release();
      this.#scanner?.close();
      this.#pending.close();
    }
  }

  async *#decode(): AsyncGenerator<DecodeEvent, void, undefined> {
    const dialect = toByteDialect(this.#plan);
    const chunks = this.#chunks;
    const { inside } = this.#settings;
    const start = inside
      ? await readRangeStart(chunks, inside, () => this.#plan)
      : await readContentStart(chunks, this.#plan.skipLines, this.#limits, () => this.#plan);
    this.lineEnd = start.lineEnd;
    this.#position = start.position;
    this.#line += start.skippedLines;
    if (start.skippedLines > 0) yield { kind: 'skipped', records: start.skippedLines, reason: 'preamble' };

    const tokenizer = new CsvTokenizer(dialect, start.lineEnd ?? 'LF', this.#limits);
    const scanner = this.#scannerOf(tokenizer, dialect, start.lineEnd ?? 'LF');
    this.#scanner = scanner;
    const { guard } = start;
    const { recordBytes } = this.#limits;
    const pending = this.#pending;
    const limit = this.#request.limit ?? Number.POSITIVE_INFINITY;
    const maxRows = Math.max(1, this.#request.maxRows);
    const skipped = { header: 0, blank: 0, comment: 0 };
    for (;;) {
      const chunk = chunks.chunk as Chunk;
      const from = this.#position;
      // Text of another encoding was made here.
      const malformedAt = chunks.isTranscoded ? ONLY_ASCII : findMalformedText(chunk.bytes, from, chunk.length);
      const isMalformed = malformedAt >= 0;
      let wellFormedUntil = isMalformed ? malformedAt : chunk.length;
      tokenizer.attach(chunk.bytes, chunk.length, chunks.isFinal);
      scanner?.attach(chunk.bytes, wellFormedUntil);
      this.#firstTail = tokenizer.tail;
      let needsRoom = false;

      while (this.#position < chunk.length && this.#records < limit) {
        if (pending.rows >= maxRows) yield this.#takeBatch(tokenizer.tail);
        // What the first record looks like decides about the line end, so the tokenizer reads it.
        if (scanner !== null && skipped.header + this.#records > 0) {
          const mostRows = Math.min(maxRows, pending.rows + limit - this.#records);
          const end = this.#scan(scanner, mostRows);
          if (!this.#rejected.isEmpty && pending.rows > 0) yield { kind: 'rejected', records: this.#rejected.take() };
          if (end === 'room') pending.makeRoom();
          if (end === 'bytes') yield this.#takeBatch(tokenizer.tail);
          if (end !== 'record' || pending.rows >= mostRows || this.#position >= chunk.length) continue;
        }
        const firstTail = tokenizer.tail;
        const outcome = tokenizer.next(this.#position);
        if (outcome === 'more') break;
        if (outcome === 'full') {
          needsRoom = true;
          break;
        }
        if (outcome === 'wide' || outcome === 'long') throw this.#refused(outcome, chunk.length, tokenizer);
        if (outcome === 'record') {
          const isHeader = this.#plan.header && skipped.header === 0;
          const isRow = !isHeader && tokenizer.cells.count === pending.width;
          if (isRow && isMalformed && !repairCells(chunk.bytes, tokenizer, 0)) {
            tokenizer.forget(0, firstTail);
            needsRoom = true;
            break;
          }
          if (tokenizer.contentEnd - this.#position > recordBytes) throw this.#refused('record', tokenizer.contentEnd, tokenizer);
          if (isHeader) this.#assertHeader(tokenizer.contentEnd - this.#position);
          if (skipped.header + this.#records === 0 && !this.#settings.inside) {
            guard.checkFirstRecord(chunks, this.#position, this.#line, tokenizer);
          }
          this.longestRecordBytes = Math.max(this.longestRecordBytes, tokenizer.nextRecord - this.#position);
          this.#note(tokenizer, isHeader);
          const end = trimLineEnds(chunk.bytes, this.#position, tokenizer.contentEnd);
          if (!isRow) tokenizer.forget(0, firstTail);
          // Events go out in file order, and the rows of a batch are consecutive records.
          if (pending.rows > 0 && (!isRow || this.#wouldExceed(end, tokenizer.tail))) yield this.#takeBatch(firstTail);
          if (isHeader) {
            skipped.header += 1;
            yield { kind: 'skipped', records: 1, reason: 'header' };
          } else if (isRow) {
            if (!this.#rejected.isEmpty) yield { kind: 'rejected', records: this.#rejected.take() };
            pending.add(tokenizer.cells, this.#position, end, this.#line);
            this.#records += 1;
          } else {
            this.#rejected.add(ROW_CODES.tokenCount, [], chunk.bytes, this.#position, end, this.#place(this.#position, false));
            this.#records += 1;
            if (this.#rejected.isFull) yield { kind: 'rejected', records: this.#rejected.take() };
          }
          tokenizer.forget(0, tokenizer.tail);
        } else skipped[outcome] += 1;
        this.#line += tokenizer.innerLines + (tokenizer.nextRecord > tokenizer.contentEnd ? 1 : 0);
        this.#position = tokenizer.nextRecord;
        if (scanner !== null && this.#position > wellFormedUntil) {
          const next = findMalformedText(chunk.bytes, this.#position, chunk.length);
          wellFormedUntil = next < 0 ? chunk.length : next;
          scanner.attach(chunk.bytes, wellFormedUntil);
        }
      }

      if (pending.rows > 0) yield this.#takeBatch(tokenizer.tail);
      if (chunks.isTranscoded) this.#noteReplaced(chunk, from);
      else if (isMalformed || (malformedAt === VALID_TEXT && !this.#findings.isUtf8SoFar)) this.#noteText(chunk, from);
      if (this.#records >= limit) break;
      if (chunks.isFinal && this.#position === chunk.length) {
        this.isComplete = true;
        break;
      }
      if (!needsRoom && this.#records > 0 && this.#settings.hasEnough?.(chunks.readBytes)) break;
      if (!needsRoom && chunk.length - this.#position >= chunks.longestBytes)
        throw this.#refused('more', chunk.length, tokenizer);
      await chunks.advance(this.#position, needsRoom);
      guard.check(chunks, 0);
      this.#position = 0;
    }

    if (!this.#rejected.isEmpty) yield { kind: 'rejected', records: this.#rejected.take() };
    if (skipped.blank > 0) yield { kind: 'skipped', records: skipped.blank, reason: 'blank' };
    if (skipped.comment > 0) yield { kind: 'skipped', records: skipped.comment, reason: 'comment' };
    const footerLines = this.isComplete ? this.#text.footerLines() : 0;
    if (footerLines > 0) yield { kind: 'skipped', records: footerLines, reason: 'footer' };
    if (guard.lineFeedAt) this.#findings.lineFeed(guard.lineFeedAt);
    const found = await this.#findings.diagnostics();
    if (this.isComplete && this.#plan.isEncodingAssumed) refuseOtherEncoding(found);
    for (const diagnostic of found) yield { kind: 'finding', diagnostic };
  }

  #scannerOf(tokenizer: CsvTokenizer, dialect: ByteDialect, lineEnd: LineEnd): RecordScanner | null {
    const { columns, cellBytes, recordBytes } = this.#limits;
    const { width } = this.#pending;
    if (this.#settings.withoutScanner || width === 0 || width > columns) return null;
    return RecordScanner.of(tokenizer, dialect, lineEnd, Math.min(cellBytes, recordBytes));
  }

  /** Adds the records to the pending rows that the scanner reads from here on, until there are `mostRows`. */
  #scan(scanner: RecordScanner, mostRows: number): ScanEnd {
    const pending = this.#pending;
    const { rows } = pending;
    scanner.position = this.#position;
    scanner.line = this.#line;
    const end = scanner.scan(pending, { rows: mostRows, bytes: this.#request.maxBytes, firstTail: this.#firstTail });
    this.#position = scanner.position;
    this.#line = scanner.line;
    this.#records += pending.rows - rows;
    this.longestRecordBytes = Math.max(this.longestRecordBytes, scanner.longestRecordBytes);
    return end;
  }

  #wouldExceed(end: number, tail: number): boolean {
    return end - this.#pending.firstStart + (tail - this.#firstTail) > this.#request.maxBytes;
  }

  /** The pending rows as a batch. The rewritten bytes of the next row begin at `nextTail`. */
  #takeBatch(nextTail: number): DecodeEvent {
    const chunks = this.#chunks;
    const chunk = chunks.chunk as Chunk;
    const source = {
      bytes: chunk.bytes.subarray(0, nextTail),
      byteOffset: chunks.isTranscoded ? (at: number) => chunks.offsetOf(at) : chunks.textOffset,
      memory: chunk.memory,
    };
    const batch = this.#pending.take(source, this.#records - this.#pending.rows);
    this.#firstTail = nextTail;
    return { kind: 'batch', batch };
  }

  #note(tokenizer: CsvTokenizer, isHeader: boolean): void {
    const { unescapedQuotes, unescapedQuoteAt, unclosedQuoteAt, hasStrayReturn } = tokenizer;
    if (unescapedQuotes > 0) this.#findings.unescapedQuotes(unescapedQuotes, this.#place(unescapedQuoteAt, isHeader));
    if (unclosedQuoteAt >= 0) this.#findings.unclosedQuote(this.#place(unclosedQuoteAt, isHeader));
    if (hasStrayReturn) this.#findings.strayReturn(this.#place(this.#position, isHeader));
  }

  #noteReplaced({ bytes }: Chunk, from: number): void {
    const { count, first } = findReplacements(bytes, from, this.#position);
    if (count > 0) this.#findings.replacedText(count, this.#chunks.offsetOf(first));
  }

  /** Looks at the characters beyond ASCII that were consumed of a chunk from `from` on. */
  #noteText({ bytes }: Chunk, from: number): void {
    this.#findings.text(bytes, from, this.#position, (at) => this.#chunks.offsetOf(at));
  }

  /** A place in the record that begins at the current position; `line` is the record's. */
  #place(at: number, isHeader: boolean): Position {
    const byteOffset = this.#chunks.offsetOf(at);
    return { unit: '', byteOffset, ...(isHeader ? {} : { record: this.#records + 1 }), line: this.#line };
  }

  /** @param end Where the record ends, or the bytes at hand do. */
  #refused(outcome: 'record' | 'more' | 'wide' | 'long', end: number, tokenizer: CsvTokenizer): CalveError {
    const { bytes } = this.#chunks.chunk as Chunk;
    const { openQuoteAt, longCell } = tokenizer;
    const isComplete = outcome === 'record';
    const record = {
      bytes,
      start: this.#position,
      end,
      offsetOf: (at: number) => this.#chunks.offsetOf(at),
      line: this.#line,
      isComplete,
      lineEnd: this.lineEnd,
      delimiter: this.#plan.delimiter,
    };
    return refusedRecord({ outcome: isComplete ? 'more' : outcome, openQuoteAt, longCell }, record, this.#limits);
  }

  #assertHeader(bytes: number): void {
    assertHeader(bytes, [], { line: this.#line, byteOffset: this.#chunks.offsetOf(this.#position) }, this.#limits);
  }
}
