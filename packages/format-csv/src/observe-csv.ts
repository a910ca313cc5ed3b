import type {
  ByteReader,
  CallContext,
  CellsColumn,
  ColumnBatch,
  DecodeRequest,
  Diagnostic,
  Observation,
} from '@calve/core/plugin';
import { createColumnBatch, createColumnInference } from '@calve/core/plugin';
import type { CsvFacts } from './csv-facts.ts';
import { factsToJson } from './csv-facts.ts';
import { CsvFindings } from './csv-findings.ts';
import type { CsvOptions } from './csv-format-options.ts';
import { RecordDecoding } from './decode-records.ts';
import { keepOpen } from './keep-open.ts';
import type { CsvLook } from './look-at-head.ts';
import { lookAtHead } from './look-at-head.ts';
import { lowerCsv } from './lower-csv.ts';
import { mergeObservedFields } from './merge-observed-fields.ts';
import { observeParts } from './observe-parts.ts';
import { RememberingReader } from './remembering-reader.ts';
import { headBytesOf, sampleRanges } from './sample-ranges.ts';

const CHUNK_BYTES = 1024 * 1024;
const EVERYTHING: DecodeRequest = { columns: 'all', maxRows: 65_536, maxBytes: CHUNK_BYTES };

/**
 * Looks into one file: dialect and header from its first records, then types and counts from a pass of the decoder itself over all
 * of it. A file larger than `budgetBytes` is sampled: half of the budget is its head, a quarter its tail and a quarter parts in between;
 * of a compressed file, or of one of unknown size, the head is all there is.
 *
 * @throws {CalveError} Recovery `fix-input`: `CSV_NOT_TEXT`, `CSV_MIXED_LINE_ENDS`, `CSV_ENCODING_UNSUPPORTED`, `CSV_COLUMN_NAMES_MISMATCH`,
 *   `LIMIT_LINE`, `LIMIT_CELL`, `LIMIT_COLUMNS`, `LIMIT_HEADER`, `LIMIT_NAME`, `MALFORMED_UNIT`.
 */
export async function observeCsv(
  reader: ByteReader,
  options: CsvOptions,
  budgetBytes: number,
  context: CallContext,
): Promise<Observation> {
  // The file is read from its beginning three times: for its first bytes, its first records, and the rest.
  const stored = reader.sizeBytes < 0 ? new RememberingReader(reader) : reader;
  const compression = await detectCompression(stored, options);
  const canSample = compression === null && stored.sizeBytes > budgetBytes;
  const headBytes = canSample ? headBytesOf(budgetBytes) : budgetBytes;
  const look = await withContent(stored, compression, context, undefined, (content) =>
    lookAtHead(content, options, compression, headBytes, context),
  );
  if (look === null) return emptyObservation(options, compression, stored.sizeBytes);
  if (stored instanceof RememberingReader) stored.stopKeeping();

  const findings = new CsvFindings();
  const head = await observeHead(stored, look.facts, options.nulls, headBytes, findings, context);
  const { isComplete, rows, rejected } = head;
  const sample =
    canSample && !isComplete
      ? await observeParts(
          stored,
          sampleRanges(
            head.storedBytes,
            stored.sizeBytes,
            budgetBytes,
            head.storedBytes / Math.max(1, rows),
            context.limits.recordBytes + CHUNK_BYTES,
          ),
          { facts: look.facts, longestBytes: head.longestRecordBytes, nulls: options.nulls },
          findings,
          context,
        )
      : { fields: [], sampledBytes: 0, leftOut: 0 };
  return {
    fields: mergeObservedFields(head.fields, sample.fields),
    origin: isComplete ? 'full-scan' : 'sample',
    sampledBytes: isComplete && stored.sizeBytes >= 0 ? stored.sizeBytes : head.storedBytes + sample.sampledBytes,
    ...(isComplete ? { exactRows: rows, rejectedRows: rejected.count } : {}),
    ...(options.nulls.length > 0 ? { nulls: options.nulls } : {}),
    facts: factsToJson(look.facts),
    findings: [
      ...look.findings,
      ...raggedRows(rejected, look, isComplete),
      ...findings.diagnostics(isComplete ? 'everything' : 'parts'),
      ...leftOut(sample.leftOut),
    ],
  };
}

/** A pass over the content, which ends once `headBytes` stored bytes were read and there is a record. */
async function observeHead(
  stored: ByteReader,
  facts: CsvFacts,
  nulls: string[],
  headBytes: number,
  findings: CsvFindings,
  context: CallContext,
) {
  let storedBytes = 0;
  const onRead = (bytes: number): void => {
    storedBytes += bytes;
  };
  const isWhole = stored.sizeBytes >= 0 && stored.sizeBytes <= headBytes;
  return withContent(stored, facts.compression, context, onRead, async (content) => {
    const decoding = new RecordDecoding(content, lowerCsv(facts), EVERYTHING, context, {
      chunkBytes: Math.min(CHUNK_BYTES, Math.max(16, headBytes)),
      findings,
      ...(isWhole ? {} : { hasEnough: () => storedBytes >= headBytes }),
      ...(isWhole || facts.compression !== null ? {} : { pauseAt: headBytes }),
    });
    const counted = await countRecords(decoding, facts, nulls);
    const { isComplete, longestRecordBytes } = decoding;
    return { ...counted, isComplete, longestRecordBytes, storedBytes };
  });
}

interface Rejected {
  count: number;
  first?: { line: number; byteOffset: number };
}

async function countRecords(decoding: RecordDecoding, facts: CsvFacts, nulls: string[]) {
  const inference = createColumnInference({ nulls });
  const rejected: Rejected = { count: 0 };
  let rows = 0;
  for await (const event of decoding.events()) {
    if (event.kind === 'batch') {
      try {
        inference.add(event.batch);
        rows += event.batch.rows;
      } finally {
        event.batch.release();
      }
    } else if (event.kind === 'rejected') {
      const { line = 0, byteOffset = 0 } = event.records[0]?.position ?? {};
      rejected.first ??= { line, byteOffset };
      rejected.count += event.records.length;
    }
  }
  // Without a row the fields are told by a batch of none.
  if (rows === 0) inference.add(batchWithoutRows(facts.names.safe));
  return { fields: inference.finish(), rows: rows + rejected.count, rejected };
}

function batchWithoutRows(names: string[]): ColumnBatch {
  const none = new Uint32Array(0);
  const column: CellsColumn = { layout: 'cells', source: new Uint8Array(0), starts: none, ends: none, escaping: 'none' };
  return createColumnBatch({
    fields: names.map((name) => ({ name, type: { kind: 'string' }, required: false })),
    columns: names.map(() => column),
    rows: 0,
  });
}

function raggedRows(rejected: Rejected, look: CsvLook, isComplete: boolean): Diagnostic[] {
  const { count, first } = rejected;
  if (!first) return [];
  const columns = look.facts.names.safe.length;
  const inParts = isComplete ? '' : ' in the sampled parts';
  const expected = look.facts.header ? `the header (${columns})` : `the file has columns (${columns})`;
  const records = count === 1 ? `1 record${inParts} has` : `${count} records${inParts} have`;
  return [
    {
      code: 'CSV_RAGGED_ROWS',
      severity: 'warning',
      message: `${records} another number of fields than ${expected}, the first in line ${first.line}: rejected, with the whole record. If lines before the header are a title, set "skipLines".`,
      at: { unit: '', ...first },
    },
  ];
}

function leftOut(parts: number): Diagnostic[] {
  if (parts === 0) return [];
  const message = `${parts === 1 ? '1 part' : `${parts} parts`} of the file ${parts === 1 ? 'was' : 'were'} left out of the sample: it is not certain where records begin in ${parts === 1 ? 'it' : 'them'}.`;
  return [{ code: 'CSV_SAMPLE_LEFT_OUT', severity: 'info', message, at: { unit: '' } }];
}

function emptyObservation(options: CsvOptions, compression: 'gzip' | null, sizeBytes: number): Observation {
  const { delimiter = ',', quote = '"', comment = null, unescapedQuotes, skipLines } = options;
  const dialect = { delimiter, quote, escape: quote === null ? null : (options.escape ?? quote), comment, unescapedQuotes };
  const facts: CsvFacts = { dialect, skipLines, header: false, names: { raw: [], safe: [] }, compression, lineEnd: null };
  return {
    fields: [],
    origin: 'full-scan',
    sampledBytes: Math.max(0, sizeBytes),
    exactRows: 0,
    rejectedRows: 0,
    facts: factsToJson(facts),
    findings: [
      { code: 'FILE_EMPTY', severity: 'info', message: 'The file is empty: it has no header and no rows.', at: { unit: '' } },
    ],
  };
}

async function detectCompression(reader: ByteReader, options: CsvOptions): Promise<'gzip' | null> {
  if (options.compression !== 'detect') return options.compression === 'gzip' ? 'gzip' : null;
  const magic = new Uint8Array(3);
  let length = 0;
  while (length < magic.length) {
    const got = await reader.read(magic.subarray(length), length);
    if (got === 0) break;
    length += got;
  }
  return length === 3 && magic[0] === 0x1f && magic[1] === 0x8b && magic[2] === 0x08 ? 'gzip' : null;
}

/** Runs `use` on the decompressed content and closes what was opened for that. */
async function withContent<T>(
  reader: ByteReader,
  compression: 'gzip' | null,
  context: CallContext,
  onRead: ((bytes: number) => void) | undefined,
  use: (content: ByteReader) => Promise<T>,
): Promise<T> {
  const stored = keepOpen(reader, onRead);
  if (compression === null) return use(stored);
  const content = await context.environment.decompress(compression, stored);
  try {
    return await use(content);
  } finally {
    await content.close();
  }
}
