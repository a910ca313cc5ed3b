import type { ByteReader } from '@calve/core/plugin';
import type { CsvFacts } from './csv-facts.ts';
import type { CsvOptions } from './csv-format-options.ts';
import { DELIMITERS } from './delimiters.ts';
import { areTexts } from './detect-header.ts';
import { FIRST_BYTES, findEncoding } from './encoding/detect-encoding.ts';

/** Larger files are looked into: reading all of one is what this saves. */
const MOST_BYTES = 256 * 1024;
const APOSTROPHE = 0x27;
const SPACE = 0x20;
const LINE_ENDS = { LF: '\n', CRLF: '\r\n', CR: '\r' };

const encoder = new TextEncoder();

/**
 * Whether a look at all of a file would find what it found in another one, unless its decoder notices something: a record with another number of cells, a quote
 * that neither ends a cell nor is doubled, malformed text, mixed line ends. So all that has to be told here is what these leave open. Anything that is
 * less than clear is no.
 *
 * - The same first line, cell by cell: the names, and with them encoding, compression, line end, and that it is a header.
 * - No other delimiter in that line: nothing else gives all records as many cells as the header has.
 * - No cell that begins with the other quote. A backslash explains quotes that make no sense otherwise, which decoding notices.
 * - A record behind it: files without rows are told from others.
 *
 * @param facts Of the other file, all of which was looked at.
 */
export async function isReadLike(reader: ByteReader, options: CsvOptions, facts: CsvFacts): Promise<boolean> {
  const { sizeBytes } = reader;
  const lines = headerLines(facts, options);
  const leastBytes = lines.reduce((least, { length }) => Math.min(least, length), MOST_BYTES);
  if (sizeBytes <= leastBytes || sizeBytes > MOST_BYTES) return false;
  const room = spare ?? newRoom();
  spare = null;
  let length = 0;
  while (length < sizeBytes) {
    const got = await reader.read(room.subarray(length, sizeBytes), length);
    if (got === 0) break;
    length += got;
  }
  spare = room;
  // Nothing waits from here on, so that nobody else writes to the room.
  return isContentLike(room.subarray(0, length), lines, options, facts);
}

/** Room for a file, which was used for the one before: there are thousands of them. */
let spare: Uint8Array | null = null;

/** Node finds a byte many times as fast in a `Buffer` as in other bytes. */
function newRoom(): Uint8Array {
  return globalThis.Buffer?.allocUnsafeSlow(MOST_BYTES) ?? new Uint8Array(MOST_BYTES);
}

function isContentLike(bytes: Uint8Array, lines: readonly Uint8Array[], options: CsvOptions, facts: CsvFacts): boolean {
  const matching = lines.find((line) => startsWith(bytes, line));
  if (matching === undefined || (bytes[matching.length] as number) <= SPACE) return false;
  if (findEncoding(bytes.subarray(0, FIRST_BYTES), options.encoding).encoding !== 'utf-8') return false;
  return hasNoOtherQuote(bytes, facts, options);
}

/** Of facts that are the same for thousands of files. */
const headers = new WeakMap<CsvFacts, { options: CsvOptions; lines: Uint8Array[] }>();

/** What the first line may be, with its line end: names with or without quotes. None: a look at the first line alone does not tell enough. */
function headerLines(facts: CsvFacts, options: CsvOptions): Uint8Array[] {
  const known = headers.get(facts);
  if (known?.options === options) return known.lines;
  const lines = headerOf(facts, options);
  headers.set(facts, { options, lines });
  return lines;
}

function headerOf({ dialect, names, lineEnd, ...facts }: CsvFacts, options: CsvOptions): Uint8Array[] {
  const { delimiter, quote, escape: escapeCharacter, comment } = dialect;
  const { raw } = names;
  const isPlain =
    facts.compression === null && facts.encoding === 'utf-8' && facts.skipLines === 0 && facts.skipFooterLines === 0;
  const isTold = facts.header && lineEnd !== null && comment === null && raw.length > 1 && !facts.isEncodingAssumed;
  if (!isPlain || !isTold || (options.header === 'detect' && !areTexts(raw))) return [];
  if (options.escape === undefined && escapeCharacter !== quote) return [];
  if (options.delimiter === undefined && !DELIMITERS.includes(delimiter)) return [];
  const special = [
    delimiter,
    '\r',
    '\n',
    ...(quote === null ? [] : [quote]),
    ...(options.delimiter === undefined ? DELIMITERS : []),
  ];
  if (raw.some((name) => name.trim() === '' || special.some((text) => name.includes(text)))) return [];
  const lines = [raw, ...(quote === null ? [] : [raw.map((name) => quote + name + quote)])];
  return lines.map((cells) => encoder.encode(cells.join(delimiter) + LINE_ENDS[lineEnd]));
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let at = 0; at < start.length; at += 1) if (bytes[at] !== start[at]) return false;
  return true;
}

function hasNoOtherQuote(bytes: Uint8Array, { dialect }: CsvFacts, options: CsvOptions): boolean {
  const { quote, delimiter } = dialect;
  if (options.quote !== undefined) return true;
  if (quote !== '"') return false;
  const last = delimiter.charCodeAt(delimiter.length - 1);
  for (let at = bytes.indexOf(APOSTROPHE); at >= 0; at = bytes.indexOf(APOSTROPHE, at + 1)) {
    const before = bytes[at - 1];
    if (before === last || before === 0x0a || before === 0x0d || before === SPACE) return false;
  }
  return true;
}
