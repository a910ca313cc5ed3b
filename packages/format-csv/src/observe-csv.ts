import type {
  ByteReader,
  CallContext,
  ColumnInferenceOptions,
  DecodeRequest,
  GivenTypes,
  Observation,
  StoredContent,
} from '@calve/core/plugin';
import { compressionOf, headBytesOf, RememberingReader, readUpTo, sampleRanges, withStoredContent } from '@calve/core/plugin';
import { countRecords, raggedRows } from './count-records.ts';
import type { CsvFacts } from './csv-facts.ts';
import { factsFromJson, factsToJson } from './csv-facts.ts';
import { CsvFindings } from './csv-findings.ts';
import type { CsvOptions } from './csv-format-options.ts';
import { RecordDecoding } from './decode-records.ts';
import { FIRST_BYTES, findEncoding } from './encoding/detect-encoding.ts';
import { encodingFindings } from './encoding/encoding-finding.ts';
import { firstMalformed } from './first-malformed.ts';
import { HEAD_BYTES, lookAtHead } from './look-at-head.ts';
import { lowerCsv } from './lower-csv.ts';
import { mergeObservedFields } from './merge-observed-fields.ts';
import { leftOutParts, observeParts } from './observe-parts.ts';
import type { TextContent, TextLayers } from './open-text.ts';
import { isPlainText, openText } from './open-text.ts';
import { refuseOtherThanText } from './refuse-other-than-text.ts';
import { smallReader } from './small-reader.ts';

const CHUNK_BYTES = 1024 * 1024;
/** Files of so many bytes are read once. */
const SMALL_BYTES = 64 * 1024;
/** How records are cut shows in so much of a file, of which fewer values may be enough. */
const DIALECT_BYTES = 64 * 1024;
/** The content as it is. */
const UTF8 = { encoding: 'utf-8', skipFooterLines: 0 };
const EVERYTHING: DecodeRequest = { columns: 'all', maxRows: 65_536, maxBytes: CHUNK_BYTES };

/**
 * Looks into one file: encoding, dialect and header from its first records, then types and counts from a pass of the decoder itself over all
 * of it. A file larger than `budgetBytes` is sampled: half of the budget is its head, a quarter its tail and a quarter parts in between;
 * of a file that is compressed, in another encoding than UTF-8, of unknown size, or has a footer, the head is all there is.
 *
 * @throws {CalveError} Recovery `fix-input`: `CSV_NOT_TEXT`, `CSV_MIXED_LINE_ENDS`, `CSV_ENCODING_UNSUPPORTED`, `CSV_COLUMN_NAMES_MISMATCH`,
 *   `LIMIT_LINE`, `LIMIT_CELL`, `LIMIT_COLUMNS`, `LIMIT_HEADER`, `LIMIT_NAME`, `MALFORMED_UNIT`.
 */
export async function observeCsv(
  reader: ByteReader,
  options: CsvOptions,
  budgetBytes: number,
  context: CallContext,
  given?: GivenTypes,
): Promise<Observation> {
  const stored = await readableAgain(reader, budgetBytes);
  const firstStored = await readUpTo(stored, firstBytes(budgetBytes));
  const compression = compressionOfStored(firstStored, options);
  const ask: Ask = { stored, compression, options, budgetBytes, given, context };
  const { found, head, ...observation } = await withContent(ask, async (content) => {
    const first = compression === null ? firstStored : await readUpTo(content.reader, firstBytes(budgetBytes));
    refuseOtherThanText(first, compression);
    const encoding = findEncoding(first, options.encoding);
    return { found: encoding, head: first, ...(await observeIn(encoding.encoding, content, ask)) };
  });
  const { fallbackEncoding } = options;
  const isAssumed = found.how === 'default';
  // What can be read once only is left as it is: UTF-8, with a finding.
  const canFallBack = fallbackEncoding !== undefined && isAssumed && stored.sizeBytes >= 0;
  let { malformedAt } = observation;
  if (canFallBack && malformedAt === null && observation.observation.origin === 'sample') {
    // A file is UTF-8 when all of it is, and what was not looked at may say otherwise.
    malformedAt = await withContent(ask, ({ reader: utf8 }) =>
      withText(utf8, UTF8, context, (text) => firstMalformed(text, context)),
    );
  }
  if (!canFallBack || malformedAt === null) {
    const read = {
      ...observation.observation,
      findings: [...encodingFindings(found, head), ...observation.observation.findings],
    };
    return withDecision(isAssumed ? withAssumption(read) : read, isAssumed);
  }
  const again = await withContent(ask, (content) => observeIn(fallbackEncoding, content, ask));
  const because = `the encoding is ${fallbackEncoding}, as the option "fallbackEncoding" says: byte ${malformedAt} is not valid UTF-8`;
  const told = encodingFindings({ encoding: fallbackEncoding, how: 'told', because }, head);
  return withDecision({ ...again.observation, findings: [...told, ...again.observation.findings] }, false);
}

/** The file is read from its beginning several times: for its first bytes, its first records, and the rest. */
async function readableAgain(reader: ByteReader, budgetBytes: number): Promise<ByteReader> {
  if (reader.sizeBytes < 0) return new RememberingReader(reader);
  return reader.sizeBytes <= Math.min(SMALL_BYTES, budgetBytes) ? smallReader(reader) : reader;
}

/** Of a sampled file whoever reads all of it has to look whether it is UTF-8. */
function withAssumption(observation: Observation): Observation {
  if (observation.origin !== 'sample') return observation;
  return { ...observation, facts: factsToJson({ ...factsFromJson(observation.facts), isEncodingAssumed: true }) };
}

/**
 * Two dialects that fit, or bytes that are no UTF-8 and look like another encoding: either reading would give values that look right.
 *
 * @param isAssumed Nobody and nothing said which encoding it is.
 */
function withDecision(observation: Observation, isAssumed: boolean): Observation {
  const undecided = observation.findings.find(
    ({ code, fixes }) => code === 'CSV_DIALECT_AMBIGUOUS' || (isAssumed && code === 'TEXT_MALFORMED' && fixes !== undefined),
  );
  return undecided ? { ...observation, undecided: undecided.code } : observation;
}

/** What is to be looked into, and how. */
interface Ask {
  stored: ByteReader;
  compression: Compression;
  options: CsvOptions;
  budgetBytes: number;
  /** Columns whose types are known. */
  given: GivenTypes | undefined;
  context: CallContext;
}

/** The same for a file whose encoding is known; and where the first byte stands that has no meaning in it. */
async function observeIn(
  encoding: string,
  content: StoredContent,
  { stored, compression, options, budgetBytes, given, context }: Ask,
): Promise<{ observation: Observation; malformedAt: number | null }> {
  const layers: TextLayers = { compression, encoding, skipFooterLines: options.skipFooterLines };
  const canSample = isPlainText(layers) && stored.sizeBytes > budgetBytes;
  const headBytes = canSample ? headBytesOf(budgetBytes) : budgetBytes;
  const lookBytes = Math.max(16, Math.min(HEAD_BYTES, Math.max(headBytes, Math.min(DIALECT_BYTES, budgetBytes))));
  const look = await withText(content.reader, layers, context, (text) => lookAtHead(text, options, layers, lookBytes, context));
  if (look === null) return { observation: emptyObservation(options, layers, stored.sizeBytes), malformedAt: null };
  if (stored instanceof RememberingReader) stored.stopKeeping();
  content.readAgain();

  const findings = new CsvFindings(encoding);
  const isWhole = stored.sizeBytes >= 0 && stored.sizeBytes <= headBytes;
  const columns = { nulls: options.nulls, given };
  const head = await observeHead(content, look.facts, columns, isWhole ? null : headBytes, findings, context);
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
          { facts: look.facts, longestBytes: head.longestRecordBytes, columns },
          findings,
          context,
        )
      : { fields: [], sampledBytes: 0, leftOut: 0 };
  const observation: Observation = {
    fields: mergeObservedFields(head.fields, sample.fields),
    origin: isComplete ? 'full-scan' : 'sample',
    sampledBytes: isComplete && stored.sizeBytes >= 0 ? stored.sizeBytes : head.storedBytes + sample.sampledBytes,
    ...(isComplete ? { exactRows: rows, rejectedRows: rejected.count } : {}),
    ...(options.nulls.length > 0 ? { nulls: options.nulls } : {}),
    facts: factsToJson(look.facts),
    findings: [
      ...look.findings,
      ...raggedRows(head, look.facts, isComplete),
      ...(await findings.diagnostics(isComplete ? 'everything' : 'parts')),
      ...leftOutParts(sample.leftOut),
    ],
  };
  return { observation, malformedAt: findings.malformedAt };
}

/** A pass over the content, which ends once `headBytes` stored bytes were read and there is a record; `null`: at the end. */
async function observeHead(
  content: StoredContent,
  facts: CsvFacts,
  columns: ColumnInferenceOptions,
  headBytes: number | null,
  findings: CsvFindings,
  context: CallContext,
) {
  return withText(content.reader, facts, context, async (text) => {
    const decoding = new RecordDecoding(text, lowerCsv(facts), EVERYTHING, context, {
      chunkBytes: Math.min(CHUNK_BYTES, Math.max(16, headBytes ?? CHUNK_BYTES)),
      findings,
      ...(headBytes === null ? {} : { hasEnough: () => content.storedBytes >= headBytes }),
      ...(headBytes === null || !isPlainText(facts) ? {} : { pauseAt: headBytes }),
    });
    const counted = await countRecords(decoding, facts, columns);
    const { isComplete, longestRecordBytes } = decoding;
    return { ...counted, isComplete, longestRecordBytes, storedBytes: content.storedBytes };
  });
}

function emptyObservation(options: CsvOptions, layers: TextLayers, sizeBytes: number): Observation {
  const { delimiter = ',', quote = '"', comment = null, unescapedQuotes, skipLines = 0 } = options;
  const dialect = { delimiter, quote, escape: quote === null ? null : (options.escape ?? quote), comment, unescapedQuotes };
  const facts: CsvFacts = { dialect, skipLines, header: false, names: { raw: [], safe: [] }, ...layers, lineEnd: null };
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

type Compression = TextLayers['compression'];

/** As many as tell the compression of a file, its kind and, as far as that can be told, its encoding. */
function firstBytes(budgetBytes: number): number {
  return Math.max(16, Math.min(FIRST_BYTES, budgetBytes));
}

/** As the options say, or the first bytes. */
function compressionOfStored(first: Uint8Array, options: CsvOptions): Compression {
  const told = options.compression === 'none' ? null : options.compression;
  return told === 'detect' ? compressionOf(first) : told;
}

function withContent<T>(
  { stored, compression, budgetBytes, context }: Ask,
  use: (content: StoredContent) => Promise<T>,
): Promise<T> {
  return withStoredContent(stored, compression, budgetBytes < stored.sizeBytes, context, use);
}

/** Runs `use` on the text of a content and closes what was opened for that. */
async function withText<T>(
  content: ByteReader,
  layers: Omit<TextLayers, 'compression'>,
  context: CallContext,
  use: (text: TextContent) => Promise<T>,
): Promise<T> {
  const text = await openText(content, { ...layers, compression: null }, context);
  try {
    return await use(text);
  } finally {
    await text.close();
  }
}
