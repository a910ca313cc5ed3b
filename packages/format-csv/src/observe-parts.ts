import type {
  ByteRange,
  ByteReader,
  CallContext,
  ColumnInferenceOptions,
  Diagnostic,
  Field,
  ObservedField,
} from '@calve/core/plugin';
import { createColumnInference, throwIfAborted } from '@calve/core/plugin';
import { toByteDialect } from './byte-dialect.ts';
import { CellColumns } from './cell-columns.ts';
import type { Chunk } from './chunk.ts';
import { takeChunk } from './chunk.ts';
import type { CsvFacts } from './csv-facts.ts';
import type { CsvFindings } from './csv-findings.ts';
import { CsvTokenizer } from './csv-tokenizer.ts';
import { findTrustedRecords } from './find-trusted-records.ts';
import { refuseBareLineFeed } from './line-end-guard.ts';
import { repairCells } from './repair-cells.ts';
import { findMalformedText, ONLY_ASCII } from './replace-malformed-text.ts';
import { trimLineEnds } from './trim-line-ends.ts';

/** What the head of the file told. */
export interface KnownHead {
  facts: CsvFacts;
  /** Length of its longest record. */
  longestBytes: number;
  columns: ColumnInferenceOptions;
}

/** What was seen in some parts of a file. */
export interface PartsObservation {
  /** One per column; empty when there was no record to trust. Record numbers in positions mean nothing, lines are missing. */
  fields: ObservedField[];
  /** Of the parts that were used. */
  sampledBytes: number;
  /** Parts without a record to trust. */
  leftOut: number;
}

const ROWS_PER_BATCH = 4096;

/**
 * Reads parts of uncompressed content, one after the other, and looks at the cells of the records that are complete in them, as far as
 * it is certain where those begin. Memory is that of the largest part, twice.
 *
 * @param reader Of known size.
 * @param findings Gets what a person should know of, with byte offsets in the file.
 * @throws {CalveError} `CSV_MIXED_LINE_ENDS` (fix-input), `CANCELLED`, or what the reader throws.
 */
export async function observeParts(
  reader: ByteReader,
  parts: readonly ByteRange[],
  head: KnownHead,
  findings: CsvFindings,
  context: CallContext,
): Promise<PartsObservation> {
  const records = new PartRecords(head, findings);
  const seen = { sampledBytes: 0, leftOut: 0 };
  try {
    for (const { from, to } of parts) {
      throwIfAborted(context.signal);
      // Rewritten cells take at most as much room as the record that they are of; malformed bytes are allowed that much too.
      const chunk = await takeChunk((to - from) * 2 + 16, context);
      try {
        await fill(chunk, reader, from, to);
        const rows = records.add(chunk, from, to === reader.sizeBytes && chunk.length === to - from);
        if (rows > 0) seen.sampledBytes += chunk.length;
        else seen.leftOut += 1;
      } finally {
        chunk.memory.release();
      }
    }
    return { fields: records.fields(), ...seen };
  } finally {
    records.close();
  }
}

async function fill(chunk: Chunk, reader: ByteReader, from: number, to: number): Promise<void> {
  const size = to - from;
  while (chunk.length < size) {
    const answer = reader.read(chunk.bytes.subarray(chunk.length, size), from + chunk.length);
    const got = typeof answer === 'number' ? answer : await answer;
    if (got === 0) return;
    chunk.length += got;
  }
}

/** The trusted records of parts on their way into one inference. */
class PartRecords {
  readonly #inference;
  readonly #head: KnownHead;
  readonly #findings: CsvFindings;
  readonly #lineEnd: NonNullable<CsvFacts['lineEnd']>;
  readonly #quote: number;
  readonly #tokenizer: CsvTokenizer;
  readonly #pending: CellColumns;

  constructor(head: KnownHead, findings: CsvFindings) {
    const { dialect, lineEnd, names } = head.facts;
    const bytes = toByteDialect(dialect);
    this.#inference = createColumnInference(head.columns);
    this.#head = head;
    this.#findings = findings;
    this.#lineEnd = lineEnd ?? 'LF';
    this.#quote = bytes.quote;
    this.#tokenizer = new CsvTokenizer(bytes, this.#lineEnd);
    this.#pending = new CellColumns(names.safe.map((name): Field => ({ name, type: { kind: 'string' }, required: false })));
  }

  close(): void {
    this.#pending.close();
  }

  fields(): ObservedField[] {
    return this.#inference.finish();
  }

  /** Looks at one part, which begins at `byteOffset` of the file, and answers how many records were used. */
  add(chunk: Chunk, byteOffset: number, isFinal: boolean): number {
    const { bytes, length } = chunk;
    const from = findTrustedRecords({ bytes, length, isFinal }, this.#tokenizer, {
      lineEnd: this.#lineEnd,
      quote: this.#quote,
      columns: this.#pending.width,
      longestBytes: this.#head.longestBytes,
    });
    if (this.#lineEnd === 'CRLF') refuseBareLineFeed(chunk, byteOffset, from, this.#head.facts.dialect);
    return from < 0 ? 0 : this.#addFrom(from, chunk, byteOffset, isFinal);
  }

  #addFrom(from: number, chunk: Chunk, byteOffset: number, isFinal: boolean): number {
    const { bytes, length } = chunk;
    const tokenizer = this.#tokenizer;
    const pending = this.#pending;
    const malformedAt = findMalformedText(bytes, from, length);
    let records = 0;
    let at = from;
    tokenizer.attach(bytes, length, isFinal);
    while (at < length) {
      const firstTail = tokenizer.tail;
      const outcome = tokenizer.next(at);
      if (outcome === 'more' || outcome === 'wide') break;
      const isRecord = outcome === 'record';
      if (outcome === 'full' || (isRecord && malformedAt >= 0 && !repairCells(bytes, tokenizer, 0))) {
        tokenizer.forget(0, firstTail);
        if (pending.rows === 0) break;
        this.#flush(chunk, byteOffset, isFinal);
        continue;
      }
      if (isRecord) {
        // A part does not know in which line it begins.
        pending.add(tokenizer.cells, at, trimLineEnds(bytes, at, tokenizer.contentEnd), 0);
        tokenizer.forget(0, tokenizer.tail);
        records += 1;
        if (tokenizer.hasStrayReturn) this.#findings.strayReturn({ unit: '', byteOffset: byteOffset + at });
      }
      at = tokenizer.nextRecord;
      if (pending.rows >= ROWS_PER_BATCH) this.#flush(chunk, byteOffset, isFinal);
    }
    this.#flush(chunk, byteOffset, isFinal);
    if (malformedAt !== ONLY_ASCII) this.#findings.text(bytes, from, at, (place) => byteOffset + place);
    const lineFeed = this.#lineEnd === 'CR' ? bytes.subarray(0, at).indexOf(0x0a, from) : -1;
    if (lineFeed >= 0) this.#findings.lineFeed({ unit: '', byteOffset: byteOffset + lineFeed });
    return records;
  }

  /** Hands the pending rows over; their cells and rewritten bytes are not needed any more then. */
  #flush(chunk: Chunk, byteOffset: number, isFinal: boolean): void {
    const tokenizer = this.#tokenizer;
    if (this.#pending.rows > 0) {
      const { memory } = chunk;
      const batch = this.#pending.take({ bytes: chunk.bytes.subarray(0, tokenizer.tail), byteOffset, memory }, 0);
      this.#inference.add(batch);
      batch.release();
    }
    tokenizer.attach(chunk.bytes, chunk.length, isFinal);
  }
}

/** What is to be told of parts that were left out. */
export function leftOutParts(parts: number): Diagnostic[] {
  if (parts === 0) return [];
  const message = `${parts === 1 ? '1 part' : `${parts} parts`} of the file ${parts === 1 ? 'was' : 'were'} left out of the sample: it is not certain where records begin in ${parts === 1 ? 'it' : 'them'}.`;
  return [{ code: 'CSV_SAMPLE_LEFT_OUT', severity: 'info', message, at: { unit: '' } }];
}
