import type {
  ByteReader,
  CallContext,
  CalveError,
  DecodeEvent,
  DecodeRequest,
  Field,
  InputLimits,
  JsonReader,
  Position,
} from '@calve/core/plugin';
import { RejectedRecords, ROW_CODES } from '@calve/core/plugin';
import { buildBatch } from './build-batch.ts';
import { ARRAY_START, OBJECT_START } from './byte-classes.ts';
import { BytePool } from './byte-pool.ts';
import { IS_NULL, IS_VALUE, RowMemory } from './cell-rows.ts';
import type { Chunk } from './chunk-pool.ts';
import { ChunkReader } from './chunk-reader.ts';
import type { Framer } from './framer.ts';
import {
  cellTooLong,
  malformedDocument,
  memberUnseen,
  type PlaceInFile,
  recordsNotFound,
  recordTooLong,
  tooManyColumns,
} from './json-errors.ts';
import { JsonFindings } from './json-findings.ts';
import { JsonTokenizer } from './json-tokenizer.ts';
import { LineFramer } from './line-framer.ts';
import { LineLocator } from './line-locator.ts';
import type { LineObserver } from './line-observer.ts';
import { Place, recordPlace, TEXT } from './place.ts';
import { RecordParser } from './record-parser.ts';
import { RowIndex } from './row-index.ts';
import { refusedValueBehindDocument } from './undecided-framing.ts';
import { UnreadMembers } from './unread-members.ts';
import { ValueFramer } from './value-framer.ts';

/** A record that is in order, in the bytes at hand. */
export interface SeenRecord {
  bytes: Uint8Array;
  /** Place of `bytes[0]` in the content. */
  byteOffset: number;
  /** Its value is `bytes[start, end)`. */
  start: number;
  end: number;
  position: Position;
}

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
  /** The content begins there in its file, between two lines. Default: it is the whole file. */
  start?: number;
  /** Gets each record that is in order instead of a batch; what the fields do not name is no finding then. */
  onRecord?: (record: SeenRecord) => void;
  /** Takes records on lines before they are handed to `onRecord` one by one. */
  lines?: LineObserver;
  /** Collects what is noticed, for someone who goes on collecting. Absent: the pass has its own. */
  findings?: JsonFindings;
}

/** One pass over decompressed content. */
export class RecordDecoding {
  /** True when the pass saw the end of the content. */
  isComplete = false;

  readonly #plan: JsonReader;
  readonly #request: DecodeRequest;
  readonly #settings: DecodeSettings;
  readonly #fields: readonly Field[];
  readonly #limits: Readonly<InputLimits>;
  readonly #chunks: ChunkReader;
  readonly #findings: JsonFindings;
  readonly #tokens: JsonTokenizer;
  readonly #unread: UnreadMembers | null;
  readonly #parser: RecordParser;
  readonly #framer: Framer;
  readonly #values: ValueFramer | null;
  readonly #lines: LineFramer | null;
  readonly #rescued: Place | null;
  readonly #pool = new BytePool();
  readonly #rows = new RowMemory(this.#pool);
  readonly #pending = new RowIndex(this.#pool);
  readonly #rejected = new RejectedRecords();
  #locator: LineLocator | null = null;
  /** Where unescaped texts of the first pending row begin. */
  #firstTail = 0;
  /** Data records so far, accepted or rejected. */
  #records = 0;
  #position = 0;

  /** @throws {CalveError} `LIMIT_COLUMNS` (fix-input). */
  constructor(content: ByteReader, plan: JsonReader, request: DecodeRequest, context: CallContext, settings: DecodeSettings) {
    this.#plan = plan;
    this.#request = request;
    this.#settings = settings;
    this.#limits = context.limits;
    if (plan.fields.length > this.#limits.columns) throw tooManyColumns(this.#limits);
    const rescue: Field[] = plan.rescue === null ? [] : [{ name: plan.rescue, type: { kind: 'string' }, required: false }];
    this.#fields = [...plan.fields, ...rescue];
    this.#findings = settings.findings ?? new JsonFindings();
    const chunkBytes = Math.max(16, Math.min(settings.chunkBytes, request.maxBytes));
    this.#chunks = new ChunkReader(content, context, this.#pool, chunkBytes, settings.pauseAt);
    this.#chunks.byteOffset = settings.start ?? 0;
    const record = recordPlace(plan.fields, this.#rows);
    this.#tokens = new JsonTokenizer(plan.framing === 'lines');
    this.#unread = settings.onRecord ? null : new UnreadMembers(record, plan.rescue !== null);
    this.#parser = new RecordParser(record, this.#tokens, this.#unread, this.#limits.cellBytes);
    this.#values = plan.framing === 'lines' ? null : new ValueFramer(this.#tokens, this.#parser, plan.framing, plan.recordsAt);
    this.#lines = this.#values ? null : new LineFramer(this.#tokens, this.#parser);
    this.#framer = (this.#values ?? this.#lines) as Framer;
    this.#rescued = plan.rescue === null ? null : new Place(plan.rescue, TEXT, [], null, this.#rows);
  }

  /** Members beside the records, once the pass is over. */
  get outside(): { count: number; names: readonly string[] } {
    return { count: this.#values?.outsideCount ?? 0, names: this.#values?.outside ?? [] };
  }

  /** Physical lines that were read; of one record per line. */
  get lines(): number {
    return this.#framer.lineAt(this.#position) - 1;
  }

  /** The events of the pass. Called once. */
  async *events(): AsyncGenerator<DecodeEvent, void, undefined> {
    try {
      if (this.#lines && !this.#settings.onRecord) {
        const { recordBytes, cellBytes } = this.#limits;
        this.#locator = LineLocator.open(this.#parser.record, this.#rows, Math.min(recordBytes, cellBytes));
      }
      yield* this.#decode();
    } finally {
      this.#chunks.release();
      this.#locator?.close();
      this.#parser.record.close();
      this.#rescued?.close();
      this.#pending.close();
      this.#pool.close();
    }
  }

  async *#decode(): AsyncGenerator<DecodeEvent, void, undefined> {
    const chunks = this.#chunks;
    const framer = this.#framer;
    const pending = this.#pending;
    const { maxRows, limit = Number.POSITIVE_INFINITY } = this.#request;
    let blank = 0;
    for (let chunk = await chunks.advance(0); ; chunk = await chunks.advance(this.#shift())) {
      this.#attach(chunk);
      while (this.#records < limit) {
        if (pending.rows >= maxRows) yield this.#takeBatch(this.#parser.tail);
        if (this.#locate(chunk, limit) > 0) {
          if (!this.#rejected.isEmpty) yield { kind: 'rejected', records: this.#rejected.take() };
          continue;
        }
        const row = pending.rows;
        const tail = this.#parser.tail;
        const outcome = framer.read(this.#position, row);
        if (outcome === 'record') {
          this.#assertSize();
          if (this.#settings.onRecord) this.#hand(chunk.bytes, row);
          else {
            if (row > 0 && this.#wouldExceed()) {
              // The rows before go first, and this one is read again as the first of the next batch.
              this.#parser.undo(row);
              yield this.#takeBatch(tail);
              this.#parser.read(framer.valueStart, 0);
            }
            if (!this.#rejected.isEmpty) yield { kind: 'rejected', records: this.#rejected.take() };
            this.#accept(chunk.bytes);
          }
        } else if (outcome === 'rejected') {
          if (framer.end - framer.start > this.#limits.recordBytes) throw this.#tooLong(framer.end);
          // Events go out in file order, and the rows of a batch are consecutive records.
          if (row > 0) yield this.#takeBatch(tail);
          this.#reject(chunk.bytes);
          if (this.#rejected.isFull) yield { kind: 'rejected', records: this.#rejected.take() };
        } else if (outcome === 'blank') {
          if (framer.ignoredAt >= 0) this.#leaveOut(chunk.bytes, framer.ignoredAt);
          else blank += 1;
        } else if (outcome === 'malformed') throw this.#malformed(chunk);
        else {
          this.#position = framer.next;
          this.isComplete = outcome === 'end';
          break;
        }
        this.#position = framer.next;
      }
      if (pending.rows > 0) yield this.#takeBatch(this.#parser.tail);
      if (this.isComplete || this.#records >= limit) break;
      if (this.#records > 0 && this.#settings.hasEnough?.(chunks.readBytes)) break;
      if (chunk.length - this.#position >= chunks.longestBytes) throw this.#tooLong(null);
    }
    if (this.isComplete && this.#values && this.#plan.recordsAt.length > 0 && !this.#values.isFound && chunks.readBytes > 0) {
      throw recordsNotFound(this.#plan.recordsAt, null);
    }
    if (!this.#rejected.isEmpty) yield { kind: 'rejected', records: this.#rejected.take() };
    if (blank > 0) yield { kind: 'skipped', records: blank, reason: 'blank' };
    // Who collects for longer tells later.
    if (this.#settings.findings) return;
    for (const diagnostic of this.#findings.diagnostics('everything', this.#plan.framing, this.#unread, this.outside)) {
      yield { kind: 'finding', diagnostic };
    }
  }

  #attach({ bytes, length }: Chunk): void {
    this.#tokens.attach(bytes, length, this.#chunks.isFinal);
    this.#parser.attach();
    this.#firstTail = this.#parser.tail;
    this.#locator?.attach();
    this.#settings.lines?.attach();
  }

  /** Reads as many records at once as can be. @returns How many: they became pending rows, or were looked at. */
  #locate(chunk: Chunk, limit: number): number {
    if (!this.#lines?.isAtLine) return 0;
    if (this.#settings.lines) return this.#observe(chunk, this.#lines, this.#settings.lines);
    if (this.#locator === null) return 0;
    const pending = this.#pending;
    const first = pending.rows;
    const { tail } = this.#parser;
    const start = first === 0 ? this.#position : (pending.places.starts[0] as number);
    const rows = this.#locator.read(chunk, pending, {
      from: this.#position,
      tail,
      mostRows: Math.min(this.#request.maxRows, first + limit - this.#records),
      bound: start + this.#request.maxBytes - (tail - this.#firstTail),
    });
    if (rows === 0) return 0;
    const line = this.#lines.passLines(rows);
    for (let row = 0; row < rows; row += 1) pending.places.lines[first + row] = line + row;
    this.#position = this.#locator.next;
    this.#parser.tail = this.#locator.tail;
    this.#rescued?.reach(pending.rows - 1);
    this.#records += rows;
    return rows;
  }

  #observe(chunk: Chunk, lines: LineFramer, observer: LineObserver): number {
    const first = { record: this.#records + 1, line: lines.lineAt(this.#position) };
    const rows = observer.read(chunk, this.#position, this.#parser.tail, this.#chunks.byteOffset, first);
    if (rows === 0) return 0;
    lines.passLines(rows);
    this.#position = observer.next;
    this.#records += rows;
    return rows;
  }

  /** The position in the chunk at hand, which is the beginning of the next one. */
  #shift(): number {
    const consumed = this.#position;
    this.#framer.shift(consumed);
    this.#position = 0;
    return consumed;
  }

  /** Something stands behind the document. Another value is nothing to ignore when nobody said that it is a document. */
  #leaveOut(bytes: Uint8Array, at: number): void {
    const isValue = bytes[at] === OBJECT_START || bytes[at] === ARRAY_START;
    if (!isValue || !this.#plan.isFramingAssumed) this.#findings.ignoredText(this.#place(at));
    else if (this.#settings.onRecord) this.#findings.valueBehind(this.#place(at));
    else throw refusedValueBehindDocument(this.#place(at));
  }

  /** The record at hand becomes the last pending row. */
  #accept(bytes: Uint8Array): void {
    const { start, end, line, ignoredAt } = this.#framer;
    this.#assertPlanned(bytes);
    if (this.#rescued) this.#rescue(this.#rescued, bytes, this.#pending.rows);
    this.#pending.add(start, end, line);
    const lost = this.#unread?.commit(bytes) ?? -1;
    if (lost >= 0) this.#findings.unreadMembers(this.#place(lost));
    if (ignoredAt >= 0) this.#findings.ignoredText(this.#place(ignoredAt));
    const { duplicates, loneSurrogates } = this.#parser;
    if (duplicates.count > 0) this.#findings.duplicateKeys(duplicates.count, this.#place(duplicates.at));
    if (loneSurrogates.count > 0) this.#findings.loneSurrogates(loneSurrogates.count, this.#place(loneSurrogates.at));
    this.#records += 1;
  }

  #rescue(rescued: Place, bytes: Uint8Array, row: number): void {
    rescued.reach(row);
    const start = this.#parser.tail;
    const end = this.#unread?.write(this.#parser.record, bytes, start) ?? start;
    rescued.states[row] = end > start ? IS_VALUE : IS_NULL;
    rescued.starts[row] = start;
    rescued.ends[row] = end;
    this.#parser.tail = end;
  }

  /** The record at hand goes to who wants to see it. */
  #hand(bytes: Uint8Array, row: number): void {
    const { start, end, valueStart, ignoredAt } = this.#framer;
    this.#parser.undo(row);
    const position = this.#place(start);
    this.#settings.onRecord?.({ bytes, byteOffset: this.#chunks.byteOffset, start: valueStart, end, position });
    if (ignoredAt >= 0) this.#findings.ignoredText(this.#place(ignoredAt));
    this.#records += 1;
  }

  #reject(bytes: Uint8Array): void {
    const { start, end } = this.#framer;
    const { misfit } = this.#parser;
    const problem = this.#tokens.problem ?? 'json';
    // Whoever looks at structures sees those of standard JSON, whatever was planned.
    if (problem === 'structure') this.#assertPlanned(bytes);
    const columns = problem === 'structure' && misfit ? [misfit.name] : [];
    this.#rejected.add(ROW_CODES[problem], columns, bytes, start, end, this.#place(start));
    this.#records += 1;
  }

  /** The record at hand has no member that the plan could not know. */
  #assertPlanned(bytes: Uint8Array): void {
    const { unknownAt } = this.#parser;
    if (!this.#plan.isPartial || unknownAt < 0) return;
    throw memberUnseen(bytes, unknownAt, { line: this.#framer.line, byteOffset: this.#chunks.byteOffset + unknownAt });
  }

  #wouldExceed(): boolean {
    const bytes = this.#framer.end - (this.#pending.places.starts[0] as number) + (this.#parser.tail - this.#firstTail);
    return bytes > this.#request.maxBytes;
  }

  /** The pending rows as a batch. `tail`: behind their last unescaped text. */
  #takeBatch(tail: number): DecodeEvent {
    const chunk = this.#chunks.chunk as Chunk;
    const { record } = this.#parser;
    const source = { bytes: chunk.bytes.subarray(0, tail), byteOffset: this.#chunks.byteOffset, memory: chunk.memory };
    const { rows } = this.#pending;
    const places = this.#rescued ? [...record.members, this.#rescued] : record.members;
    const home = { pool: this.#pool, rows: this.#rows };
    const batch = buildBatch(this.#fields, places, source, this.#pending, this.#records - rows, home);
    record.reset(rows);
    this.#firstTail = tail;
    return { kind: 'batch', batch };
  }

  /** A place in the record at hand. */
  #place(at: number): Position {
    return { unit: '', byteOffset: this.#chunks.byteOffset + at, record: this.#records + 1, line: this.#framer.line };
  }

  #assertSize(): void {
    const { start, end, line } = this.#framer;
    if (end - start > this.#limits.recordBytes) throw this.#tooLong(end);
    const { longCell } = this.#parser;
    if (longCell === null) return;
    const byteOffset = this.#chunks.byteOffset + longCell.start;
    throw cellTooLong({ line, byteOffset }, longCell.end - longCell.start, this.#limits);
  }

  /** @param end Of the record at hand; `null`: it was not found. */
  #tooLong(end: number | null): CalveError {
    const { byteOffset } = this.#chunks;
    const start = end === null ? this.#position : this.#framer.start;
    const line = end === null ? this.#framer.lineAt(start) : this.#framer.line;
    const at = { line, byteOffset: byteOffset + start };
    const { openQuoteAt, length } = this.#tokens;
    const open = openQuoteAt < 0 || end !== null ? null : { ...this.#placeInFile(openQuoteAt), bytes: length - openQuoteAt };
    return recordTooLong(at, end === null ? null : end - start, open, this.#limits);
  }

  #malformed({ bytes, length }: Chunk): CalveError {
    const at = this.#placeInFile(this.#tokens.stopAt);
    if (this.#values?.isMisled) return recordsNotFound(this.#plan.recordsAt, at);
    const isAtEnd = this.#tokens.stopAt >= length;
    return malformedDocument(at, bytes.subarray(this.#tokens.stopAt, length), isAtEnd);
  }

  #placeInFile(at: number): PlaceInFile {
    return { line: this.#framer.lineAt(at), byteOffset: this.#chunks.byteOffset + at };
  }
}
