import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type CalveError, type ColumnType, type Diagnostic, ROW_CODES } from '@calve/core/plugin';
import type { JsonMutant } from './json-mutant.ts';
import { contextFor, type JsonOutcome, readMutant, type Seen } from './read-mutant.ts';

/** Codes with which a JSON file may be refused. */
export const JSON_FILE_CODES: readonly string[] = [
  'JSON_ENCODING_UNSUPPORTED',
  'JSON_FRAMING_AMBIGUOUS',
  'JSON_NOT_RECORDS',
  'JSON_NOT_TEXT',
  'JSON_RECORDS_NOT_FOUND',
  'LIMIT_CELL',
  'LIMIT_COLUMNS',
  'LIMIT_LINE',
  'LIMIT_NAME',
  'MALFORMED_UNIT',
];

/** Memory that no small file needs: a few chunks with room for unescaped texts. */
const MOST_BYTES = 16 * 2 ** 20;

/** What became of a mutant. */
export interface JsonVerdict {
  /** `ok`, or the code with which the file was refused. */
  verdict: string;
  rejectedCodes: string[];
  /** Rows that were compared with what `JSON.parse` gives. */
  compared: number;
  problems: string[];
}

/** Reads a mutant and says everything that is wrong with what came out. */
export async function judgeMutant(mutant: JsonMutant, inPieces: boolean): Promise<JsonVerdict> {
  const problems: string[] = [];
  const context = contextFor(mutant);
  const outcome = await readMutant(mutant, context);
  const { error, rejected } = outcome;
  if (context.outstandingReservations > 0) problems.push(`${context.outstandingReservations} reservations were not released`);
  if (context.peakBytes > MOST_BYTES) problems.push(`${context.peakBytes} bytes were held at one time`);
  let compared = 0;
  if (error) problems.push(...errorProblems(error));
  else {
    compared = outcome.rows.length;
    problems.push(...[...outcome.findings, ...(outcome.observation?.findings ?? [])].flatMap(messageProblems));
    problems.push(...outcomeProblems(outcome, contentOf(mutant)));
  }
  if (inPieces) {
    for (const chunkBytes of [16, 16 + (mutant.seed % 97)]) {
      const other = await readMutant(mutant, contextFor(mutant), chunkBytes);
      const [one, two] = [outcome, other].map(comparable);
      if (one !== two) problems.push(`with chunks of ${chunkBytes} bytes: ${two?.slice(0, 500)}, not ${one?.slice(0, 500)}`);
    }
  }
  return { verdict: error?.code ?? 'ok', rejectedCodes: rejected.flatMap(({ codes }) => codes), compared, problems };
}

/** Of a file that was refused, how far it was read does not count. */
function comparable(outcome: JsonOutcome): string {
  return JSON.stringify(outcome.error ? [outcome.error.code, outcome.error.context] : outcome);
}

function errorProblems(error: CalveError): string[] {
  const problems = messageProblems(error);
  if (!JSON_FILE_CODES.includes(error.code)) problems.push(`the code ${error.code} is not one for a bad file: ${error.stack}`);
  if (error.recovery.kind !== 'fix-input') problems.push(`${error.code} has the recovery ${error.recovery.kind}`);
  return problems;
}

function messageProblems({ code, message }: Pick<Diagnostic, 'code' | 'message'>): string[] {
  const problems: string[] = [];
  if (message.length > 1500) problems.push(`the message of ${code} has ${message.length} characters`);
  // What stands in quotes is the file's.
  if (/\p{Cc}|\[object|\bundefined\b/u.test(message.replace(/"(?:[^"\\]|\\.)*"/g, '')))
    problems.push(`the message of ${code} is no plain text: ${message}`);
  if (!/[.!?]\)?$/.test(message)) problems.push(`the message of ${code} is no sentence: ${message}`);
  return problems;
}

function outcomeProblems(outcome: JsonOutcome, content: Buffer): string[] {
  const { observation, rows, rejected, plan, findings } = outcome;
  const text = content.toString('latin1');
  const problems: string[] = [];
  if (outcome.isMangled) problems.push('a text is not valid UTF-8');
  if (observation?.exactRows !== undefined) {
    if (observation.exactRows !== rows.length + rejected.length || observation.rejectedRows !== rejected.length)
      problems.push(
        `${observation.exactRows} rows and ${observation.rejectedRows} rejected ones were observed, ${rows.length} and ${rejected.length} read`,
      );
  }
  const places = [...rows, ...rejected].map(({ byteOffset, raw }) => ({ byteOffset, raw }));
  for (const { byteOffset, raw } of places) {
    if (text.slice(byteOffset, byteOffset + raw.length) !== raw)
      problems.push(`a record at byte ${byteOffset} has other bytes: ${raw}`);
  }
  const starts = rows.map(({ byteOffset }) => byteOffset);
  if (starts.some((start, at) => at > 0 && start <= starts[at - 1]!)) problems.push('rows are not in file order');
  const isExact = !findings.some(({ code }) => code === 'JSON_TEXT_IGNORED' || code === 'JSON_LONE_SURROGATE');
  const fields = plan?.fields ?? [];
  for (const { raw, values } of isExact ? rows : []) {
    const parsed = parse(raw);
    const isSame = parsed !== undefined && fields.every(({ name, type }) => isAlike(values[name]!, memberOf(parsed, name), type));
    if (!isSame)
      problems.push(`a row is ${JSON.stringify(values).slice(0, 300)}, JSON.parse has ${JSON.stringify(parsed)?.slice(0, 300)}`);
  }
  const codes: readonly string[] = Object.values(ROW_CODES);
  for (const { codes: own, raw, truncated } of rejected) {
    if (own.length !== 1 || !codes.includes(own[0]!)) problems.push(`a rejected record has the codes ${own.join()}`);
    const isNone = own[0] === ROW_CODES.json || own[0] === ROW_CODES.nan;
    if (isNone && !truncated && parse(raw) !== undefined)
      problems.push(`a rejected record (${own.join()}) is JSON: ${raw.slice(0, 300)}`);
    if (own[0] === ROW_CODES.encoding && !truncated && isUtf8(Buffer.from(raw, 'latin1')))
      problems.push(`a rejected record is UTF-8: ${raw}`);
  }
  if (plan?.framing === 'lines') problems.push(...lostLines(text, places));
  return problems;
}

/** Lines with something in them of which no record came. */
function lostLines(text: string, places: readonly { byteOffset: number; raw: string }[]): string[] {
  let start = 0;
  let next = 0;
  const byPlace = [...places].sort((a, b) => a.byteOffset - b.byteOffset);
  const lost: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const at = text.indexOf(line, start);
    const end = at + line.length;
    while (next < byPlace.length && byPlace[next]!.byteOffset + byPlace[next]!.raw.length < at) next += 1;
    const isRead = next < byPlace.length && byPlace[next]!.byteOffset < end;
    const bare = line.replace(/^\xef\xbb\xbf/, '').trim();
    if (!isRead && bare !== '' && !/^\[[ \t]*\]/.test(bare))
      lost.push(`no record came of the line at byte ${at}: ${line.slice(0, 200)}`);
    start = end;
  }
  return lost;
}

function contentOf({ bytes }: JsonMutant): Buffer {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isZstd = bytes[0] === 0x28 && bytes[1] === 0xb5;
  return isGzip ? gunzipSync(bytes) : isZstd ? zstdDecompressSync(bytes) : Buffer.from(bytes);
}

/** `undefined`: it is no JSON, or not UTF-8. */
function parse(raw: string): unknown {
  const bytes = Buffer.from(raw, 'latin1');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function memberOf(record: unknown, name: string): unknown {
  return typeof record === 'object' && record !== null && Object.hasOwn(record, name)
    ? (record as Record<string, unknown>)[name]
    : null;
}

/** True when a value that was read is the one that `JSON.parse` gives. */
function isAlike(seen: Seen, parsed: unknown, type: ColumnType): boolean {
  if (seen === null || parsed === null) return seen === parsed;
  switch (type.kind) {
    case 'struct':
      return type.fields.every((field) =>
        isAlike((seen as Record<string, Seen>)[field.name]!, memberOf(parsed, field.name), field.type),
      );
    case 'list': {
      const [elements, array] = [seen as Seen[], parsed as unknown[]];
      return elements.length === array.length && elements.every((element, at) => isAlike(element, array[at], type.element.type));
    }
    case 'map': {
      // Of two entries with one key JSON.parse keeps the last one.
      const entries = new Map((seen as { entries: [string, Seen][] }).entries);
      const names = Object.keys(parsed as object);
      return (
        names.length === entries.size &&
        names.every((name) => isAlike(entries.get(name)!, memberOf(parsed, name), type.value.type))
      );
    }
    default:
      if (typeof parsed === 'string') return seen === parsed;
      return isDeepStrictEqual(JSON.parse(seen as string), parsed);
  }
}
