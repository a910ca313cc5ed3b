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
import type { CsvOptions } from './csv-format-options.ts';
import { RecordDecoding } from './decode-records.ts';
import { keepOpen } from './keep-open.ts';
import type { CsvLook } from './look-at-head.ts';
import { lookAtHead } from './look-at-head.ts';
import { lowerCsv } from './lower-csv.ts';

const CHUNK_BYTES = 1024 * 1024;
const EVERYTHING: DecodeRequest = { columns: 'all', maxRows: 65_536, maxBytes: CHUNK_BYTES };

/**
 * Looks into one file: dialect and header from its first records, then types and counts from a pass of the decoder itself over all
 * of it, or over its first `budgetBytes`.
 *
 * @throws {CalveError} Recovery `fix-input`: `CSV_MIXED_LINE_ENDS`, `CSV_ENCODING_UNSUPPORTED`, `CSV_COLUMN_NAMES_MISMATCH`,
 *   `CSV_TOO_MANY_COLUMNS`, `CSV_RECORD_TOO_LONG`, `MALFORMED_UNIT`.
 */
export async function observeCsv(
  reader: ByteReader,
  options: CsvOptions,
  budgetBytes: number,
  context: CallContext,
): Promise<Observation> {
  const compression = await detectCompression(reader, options);
  const look = await withContent(reader, compression, context, undefined, (content) =>
    lookAtHead(content, options, compression, budgetBytes, context),
  );
  if (look === null) return emptyObservation(options, compression, reader.sizeBytes);

  let storedBytes = 0;
  const onRead = (bytes: number): void => {
    storedBytes += bytes;
  };
  const isWhole = reader.sizeBytes >= 0 && reader.sizeBytes <= budgetBytes;
  const observed = await withContent(reader, compression, context, onRead, async (content) => {
    const settings = {
      chunkBytes: Math.min(CHUNK_BYTES, Math.max(16, budgetBytes)),
      ...(isWhole ? {} : { hasEnough: () => storedBytes >= budgetBytes }),
    };
    const decoding = new RecordDecoding(content, lowerCsv(look.facts), EVERYTHING, context, settings);
    const counted = await countRecords(decoding, look.facts, options.nulls);
    return { ...counted, isComplete: decoding.isComplete };
  });

  const { fields, rows, rejected, isComplete } = observed;
  return {
    fields,
    origin: isComplete ? 'full-scan' : 'sample',
    sampledBytes: isComplete && reader.sizeBytes >= 0 ? reader.sizeBytes : storedBytes,
    ...(isComplete ? { exactRows: rows, rejectedRows: rejected.count } : {}),
    ...(options.nulls.length > 0 ? { nulls: options.nulls } : {}),
    facts: factsToJson(look.facts),
    findings: [...look.findings, ...raggedRows(rejected, look), ...observed.findings],
  };
}

interface Rejected {
  count: number;
  first?: { line: number; byteOffset: number };
}

async function countRecords(decoding: RecordDecoding, facts: CsvFacts, nulls: string[]) {
  const inference = createColumnInference({ nulls });
  const rejected: Rejected = { count: 0 };
  const findings: Diagnostic[] = [];
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
    } else if (event.kind === 'finding') findings.push(event.diagnostic);
  }
  // Without a row the fields are told by a batch of none.
  if (rows === 0) inference.add(batchWithoutRows(facts.names.safe));
  return { fields: inference.finish(), rows: rows + rejected.count, rejected, findings };
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

function raggedRows(rejected: Rejected, look: CsvLook): Diagnostic[] {
  const { count, first } = rejected;
  if (!first) return [];
  const columns = look.facts.names.safe.length;
  const records = count === 1 ? '1 record has' : `${count} records have`;
  return [
    {
      code: 'CSV_RAGGED_ROWS',
      severity: 'warning',
      message: `${records} not ${columns} field${columns === 1 ? '' : 's'} as the file has columns, the first in line ${first.line}: rejected, with the whole record. If lines before the header are a title, set "skipLines".`,
      at: { unit: '', ...first },
    },
  ];
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
