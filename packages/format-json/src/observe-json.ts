import type {
  ByteReader,
  CallContext,
  DecodeRequest,
  Diagnostic,
  JsonReader,
  Observation,
  RejectedRecord,
  StoredContent,
} from '@calve/core/plugin';
import { headBytesOf, RememberingReader, ROW_CODES, sampleRanges, throwIfAborted, withStoredContent } from '@calve/core/plugin';
import { BytePool } from './byte-pool.ts';
import { ChunkReader } from './chunk-reader.ts';
import { ShapeCollector } from './collect-shapes.ts';
import { RecordDecoding } from './decode-records.ts';
import { detectCompression } from './detect-compression.ts';
import { noGoodRecord, notRecords } from './json-errors.ts';
import type { JsonFacts } from './json-facts.ts';
import { factsToJson } from './json-facts.ts';
import { JsonFindings } from './json-findings.ts';
import type { JsonOptions } from './json-format-options.ts';
import { LineObserver } from './line-observer.ts';
import { type HeadLook, lookAtHead } from './look-at-head.ts';
import { observeParts } from './observe-parts.ts';
import { refuseOtherThanText } from './refuse-other-than-text.ts';
import { recordOrDocument } from './undecided-framing.ts';

const CHUNK_BYTES = 1024 * 1024;
const HEAD_BYTES = 256 * 1024;
const EVERYTHING: DecodeRequest = { columns: 'all', maxRows: 65_536, maxBytes: CHUNK_BYTES };

/** Looks, counts and rejected records of a pass. */
interface Pass {
  isComplete: boolean;
  storedBytes: number;
  rows: number;
  rejected: Rejected;
  outside: { count: number; names: readonly string[] };
}

interface Rejected {
  count: number;
  /** Those that are no objects. */
  others: number;
  first?: { line: number; byteOffset: number; code: string };
}

/**
 * Looks into one file: how its records stand in it by its first bytes, then their structure and types from a pass of the decoder itself over
 * all of it. What can be read in two ways is left undecided. A file larger than `budgetBytes` is sampled: with one record per line half of the budget is its head, a quarter its tail and a
 * quarter parts in between; of anything else, and of a compressed file, the head is all there is.
 *
 * @param name Of the file: an ending such as `.jsonl` says that records stand on lines.
 * @throws {CalveError} Recovery `fix-input`: `JSON_NOT_TEXT`, `JSON_ENCODING_UNSUPPORTED`, `JSON_NOT_RECORDS`, `JSON_RECORDS_NOT_FOUND`,
 *   `LIMIT_LINE`, `LIMIT_CELL`, `LIMIT_COLUMNS`, `LIMIT_NAME`, `MALFORMED_UNIT`.
 */
export async function observeJson(
  reader: ByteReader,
  options: JsonOptions,
  budgetBytes: number,
  context: CallContext,
  name = '',
): Promise<Observation> {
  throwIfAborted(context.signal);
  // The file is read from its beginning three times: for its first bytes, its first records, and the rest.
  const stored = reader.sizeBytes < 0 ? new RememberingReader(reader) : reader;
  const compression = await detectCompression(stored, options);
  return withStoredContent(stored, compression, budgetBytes < stored.sizeBytes, context, (content) =>
    observeContent(stored, content, compression, options, budgetBytes, context, name),
  );
}

async function observeContent(
  stored: ByteReader,
  content: StoredContent,
  compression: JsonFacts['compression'],
  options: JsonOptions,
  budgetBytes: number,
  context: CallContext,
  name: string,
): Promise<Observation> {
  const look = await lookAtContent(content.reader, options, name, compression !== null, budgetBytes, context);
  if (look === null) return emptyObservation(options, compression, stored.sizeBytes);
  if (stored instanceof RememberingReader) stored.stopKeeping();
  content.readAgain();
  if (look.refusal !== null) throw notRecords(look.refusal);

  const known: JsonFacts = { framing: look.framing, recordsAt: look.recordsAt, compression };
  const isAssumed = look.isDetected && look.framing === 'document';
  const facts: JsonFacts = isAssumed ? { ...known, isFramingAssumed: true } : known;
  const findings = new JsonFindings();
  const shapes = new ShapeCollector(options.nulls, findings, context.limits);
  const canSample = compression === null && facts.framing === 'lines' && stored.sizeBytes > budgetBytes;
  const headBytes = canSample ? headBytesOf(budgetBytes) : budgetBytes;
  const pass = await observeHead(stored, content, facts, headBytes, shapes, findings, context);
  const { isComplete, rows, rejected, storedBytes } = pass;
  if (rows === 0 && rejected.count > 0 && rejected.others === rejected.count) {
    throw notRecords(`none of its ${rejected.count === 1 ? 'values is an object' : `${rejected.count} values are objects`}`);
  }
  if (rows === 0 && rejected.first && isComplete) throw noGoodRecord(rejected.count, rejected.first);
  const ranges =
    canSample && !isComplete
      ? sampleRanges(storedBytes, stored.sizeBytes, budgetBytes, storedBytes / Math.max(1, rows), context.limits.recordBytes)
      : [];
  const undecided = look.perhapsAt ? recordOrDocument(look.perhapsAt) : findings.anotherValue();
  const inHead = shapes.root.members.length;
  const partBytes = await observeParts(stored, ranges, shapes, findings, context);
  const isFromHead = !isComplete && facts.framing === 'lines' && shapes.root.members.length === inHead;
  return {
    fields: shapes.finish(),
    origin: isComplete ? 'full-scan' : 'sample',
    ...(isFromHead ? { fieldsFrom: 'head' } : {}),
    sampledBytes: isComplete && stored.sizeBytes >= 0 ? stored.sizeBytes : storedBytes + partBytes,
    ...(isComplete ? { exactRows: rows + rejected.count, rejectedRows: rejected.count } : {}),
    ...(options.nulls.length > 0 ? { nulls: options.nulls } : {}),
    // Who has seen all of the file has seen that nothing follows.
    facts: factsToJson(isComplete ? known : facts),
    ...(undecided ? { undecided: undecided.code } : {}),
    findings: [
      ...(undecided ? [undecided] : []),
      ...look.because.map(reason),
      ...rejectedRecords(rejected, isComplete),
      ...findings.diagnostics(isComplete ? 'everything' : 'parts', facts.framing, null, pass.outside),
    ],
  };
}

/**
 * Looks at as much of a content as it takes to know how its records stand in it: usually its first bytes, at most the longest record.
 *
 * @returns `null`: there is nothing but white space.
 */
async function lookAtContent(
  content: ByteReader,
  options: JsonOptions,
  name: string,
  isCompressed: boolean,
  budgetBytes: number,
  context: CallContext,
): Promise<HeadLook | null> {
  const { recordBytes } = context.limits;
  const pool = new BytePool();
  const chunks = new ChunkReader(content, context, pool, Math.max(16, Math.min(HEAD_BYTES, budgetBytes)));
  try {
    let { bytes, length } = await chunks.advance(0);
    refuseOtherThanText(bytes.subarray(0, length), isCompressed);
    for (;;) {
      const look = lookAtHead({ bytes, length, isFinal: chunks.isFinal, recordBytes }, options, name);
      if (chunks.isFinal || (look !== null && (!look.needsMore || length >= chunks.longestBytes))) return look;
      // White space tells nothing, so that it need not be kept.
      ({ bytes, length } = await chunks.advance(look === null ? length : 0));
    }
  } finally {
    chunks.release();
    pool.close();
  }
}

/** A pass over the content, which ends once `headBytes` stored bytes were read and there is a record. */
async function observeHead(
  stored: ByteReader,
  content: StoredContent,
  facts: JsonFacts,
  headBytes: number,
  shapes: ShapeCollector,
  findings: JsonFindings,
  context: CallContext,
): Promise<Pass> {
  const rejected: Rejected = { count: 0, others: 0 };
  const isWhole = stored.sizeBytes >= 0 && stored.sizeBytes <= headBytes;
  const lines = facts.framing === 'lines' ? new LineObserver(shapes, context.limits) : undefined;
  try {
    const plan: JsonReader = { kind: 'json', ...facts, fields: [], rescue: null };
    const decoding = new RecordDecoding(content.reader, plan, EVERYTHING, context, {
      chunkBytes: Math.min(CHUNK_BYTES, Math.max(16, headBytes)),
      findings,
      onRecord: (record) => shapes.add(record),
      ...(lines ? { lines } : {}),
      ...(isWhole ? {} : { hasEnough: () => content.storedBytes >= headBytes }),
      ...(isWhole || facts.compression !== null ? {} : { pauseAt: headBytes }),
    });
    for await (const event of decoding.events()) if (event.kind === 'rejected') addRejected(rejected, event.records);
    const { isComplete, outside } = decoding;
    return { rejected, storedBytes: content.storedBytes, rows: shapes.records, isComplete, outside };
  } finally {
    lines?.close();
  }
}

function addRejected(rejected: Rejected, records: readonly RejectedRecord[]): void {
  for (const { position, codes } of records) {
    const { line = 0, byteOffset = 0 } = position;
    rejected.first ??= { line, byteOffset, code: codes[0] ?? '' };
    rejected.count += 1;
    if (codes[0] === ROW_CODES.notAnObject) rejected.others += 1;
  }
}

function rejectedRecords({ count, first }: Rejected, isComplete: boolean): Diagnostic[] {
  if (!first) return [];
  const { code, ...at } = first;
  const inParts = isComplete ? '' : ' in the sampled parts';
  const records = count === 1 ? `1 record${inParts} is` : `${count} records${inParts} are`;
  const message = `${records} not standard JSON or no object, the first in line ${at.line} (${code}): rejected, with the whole record.`;
  return [{ code: 'JSON_RECORDS_REJECTED', severity: 'warning', message, at: { unit: '', ...at } }];
}

function reason(because: string): Diagnostic {
  const message = `${because.charAt(0).toUpperCase()}${because.slice(1)}.`;
  return { code: 'JSON_FRAMING', severity: 'info', message, at: { unit: '' } };
}

function emptyObservation(options: JsonOptions, compression: 'gzip' | 'zstd' | null, sizeBytes: number): Observation {
  const facts: JsonFacts = { framing: options.framing ?? 'lines', recordsAt: options.recordsAt ?? [], compression };
  return {
    fields: [],
    origin: 'full-scan',
    sampledBytes: Math.max(0, sizeBytes),
    exactRows: 0,
    rejectedRows: 0,
    facts: factsToJson(facts),
    findings: [{ code: 'FILE_EMPTY', severity: 'info', message: 'The file is empty: it has no records.', at: { unit: '' } }],
  };
}
