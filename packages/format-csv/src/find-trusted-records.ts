import type { CsvTokenizer } from './csv-tokenizer.ts';
import type { LineEnd } from './line-end.ts';
import { afterLineEnd } from './line-end.ts';

/** Bytes from the middle or the end of a file. */
export interface FilePart {
  /** Data in `[0, length)`, behind it room for one rewritten record. */
  bytes: Uint8Array;
  length: number;
  /** True when the file ends at `length`. */
  isFinal: boolean;
}

/** What is known of the records of a file. */
export interface ExpectedRecords {
  lineEnd: LineEnd;
  /** Byte, or -1 when quotes mean nothing. */
  quote: number;
  /** Cells in each record. */
  columns: number;
  /** Length of the longest record that was seen. */
  longestBytes: number;
}

/** A record that is longer than the longest one of the head, so many times, is an unlikely one. */
const UNLIKELY_LENGTH = 4;

/** One way to read a part. */
interface Reading {
  /** Its first complete record; -1 when all of the part belongs to one that is cut. */
  first: number;
  /** Where the next one begins; -1 once it is refuted. */
  at: number;
  /** `ended`: no further record is complete. `refuted`: this is not how the file was written. */
  state: 'going' | 'ended' | 'refuted';
}

/**
 * Finds where the records begin in a part of which nobody knows whether it begins inside quotes. The first line end in it ends a record
 * or stands inside quotes; both are tried. A reading is refuted by a record with another number of cells than there are columns, and by
 * a quote that is neither doubled nor at the end of its cell.
 *
 * - One reading is left: its records are those of the file.
 * - Both are left and come together: what follows is the same in both.
 * - Both are left and never meet: usually one of them takes all of the part for a piece of one cell. It loses, unless there are cells
 *   nearly as long.
 *
 * The records that are cut at the ends of the part are left out; what ends with the file is not cut.
 *
 * @param tokenizer Of the file's dialect; attached to the part here, and without cells afterwards.
 * @returns Where the first record begins that can be trusted, with all complete ones that follow; -1 when none can.
 */
export function findTrustedRecords(part: FilePart, tokenizer: CsvTokenizer, expected: ExpectedRecords): number {
  const { bytes, length } = part;
  const start = afterLineEnd(bytes, 0, length, expected.lineEnd);
  if (start < 0 || start === length) return -1;
  tokenizer.attach(bytes, length, part.isFinal);
  const outside: Reading = { first: start, at: start, state: 'going' };
  const inside = readInsideQuotes(part, start, tokenizer, expected);
  while (outside.at !== inside.at && (outside.state === 'going' || inside.state === 'going')) {
    const isOutside = inside.state !== 'going' || (outside.state === 'going' && outside.at < inside.at);
    step(isOutside ? outside : inside, length, tokenizer, expected);
  }
  if (outside.state === 'refuted') return inside.state === 'refuted' ? -1 : inside.first;
  if (inside.state === 'refuted') return outside.first;
  if (outside.at === inside.at) {
    const from = outside.at;
    while (outside.state === 'going') step(outside, length, tokenizer, expected);
    return outside.state === 'ended' ? from : -1;
  }
  const isUnlikely = ({ at }: Reading): boolean => length - at > UNLIKELY_LENGTH * expected.longestBytes;
  if (isUnlikely(outside) === isUnlikely(inside)) return -1;
  return isUnlikely(outside) ? inside.first : outside.first;
}

/** The reading in which `start` is inside quotes, behind the record that is cut. */
function readInsideQuotes(part: FilePart, start: number, tokenizer: CsvTokenizer, expected: ExpectedRecords): Reading {
  const refuted: Reading = { first: -1, at: -1, state: 'refuted' };
  if (expected.quote < 0) return refuted;
  // The tokenizer keeps no state between calls: it is inside quotes when it is shown one before `start`.
  const open = start - 1;
  const byte = part.bytes[open] as number;
  part.bytes[open] = expected.quote;
  const outcome = tokenizer.next(open);
  part.bytes[open] = byte;
  const cells = tokenizer.cells.count;
  tokenizer.forget(0, part.length);
  if (outcome === 'more') return { first: -1, at: open, state: 'ended' };
  if (outcome !== 'record' || cells > expected.columns || hasBadQuotes(tokenizer)) return refuted;
  return { first: tokenizer.nextRecord, at: tokenizer.nextRecord, state: 'going' };
}

function step(reading: Reading, length: number, tokenizer: CsvTokenizer, expected: ExpectedRecords): void {
  const outcome = reading.at < length ? tokenizer.next(reading.at) : 'more';
  if (outcome === 'more') {
    reading.state = 'ended';
    return;
  }
  const cells = tokenizer.cells.count;
  tokenizer.forget(0, length);
  const isRight = outcome === 'record' ? cells === expected.columns && !hasBadQuotes(tokenizer) : isSkipped(outcome);
  if (isRight) reading.at = tokenizer.nextRecord;
  else {
    reading.state = 'refuted';
    reading.at = -1;
  }
}

function isSkipped(outcome: string): boolean {
  return outcome === 'blank' || outcome === 'comment';
}

function hasBadQuotes({ unescapedQuotes, unclosedQuoteAt }: CsvTokenizer): boolean {
  return unescapedQuotes > 0 || unclosedQuoteAt >= 0;
}
