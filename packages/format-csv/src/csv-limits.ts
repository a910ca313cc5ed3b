import type { CalveError, InputLimits } from '@calve/core/plugin';
import { limitExceeded, shownText, sizeText } from '@calve/core/plugin';
import type { LineEnd } from './line-end.ts';
import { countLineEnds } from './line-end.ts';
import type { SampleStop } from './sample-records.ts';

/** A record that is not read any further, in the bytes at hand. */
export interface RefusedRecord {
  bytes: Uint8Array;
  /** Where it begins in `bytes`, and where it ends, or where the bytes at hand do. */
  start: number;
  end: number;
  /** Where a byte of `bytes` stands in the content. */
  offsetOf: (at: number) => number;
  /** On which it begins. */
  line: number;
  /** True when its end was found. */
  isComplete: boolean;
  /** Of the file; `null`: there was none in its first MiB. */
  lineEnd: LineEnd | null;
  delimiter: string;
}

/** A place in a file, for people. */
export interface PlaceInFile {
  line: number;
  byteOffset: number;
}

type Limits = Readonly<InputLimits>;

const CARRIAGE_RETURN = 0x0d;
const SHOWN_CHARACTERS = 60;

/**
 * The error for a record with too many cells, with a cell that is too long, or that is too long itself: what it is, where, and what it is
 * probably due to.
 */
export function refusedRecord(stop: SampleStop, record: RefusedRecord, limits: Limits): CalveError {
  const { outcome, openQuoteAt, longCell } = stop;
  if (outcome === 'wide') return tooManyColumns(record, limits);
  if (outcome === 'long') return cellTooLong(longCell, record, limits);
  if (openQuoteAt >= 0 && record.end - openQuoteAt > limits.cellBytes) {
    const at = placeOf(openQuoteAt, record);
    const message = `The quote that opens in ${words(at)} never closes, or not within ${sizeText(limits.cellBytes)}, which a cell may have. ${CLOSE_IT}`;
    return limitExceeded('cellBytes', limits, message, { ...at });
  }
  return recordTooLong(record, openQuoteAt, limits);
}

/**
 * @param bytes Length of the header.
 * @throws {CalveError} `LIMIT_HEADER`, `LIMIT_NAME`.
 */
export function assertHeader(bytes: number, names: readonly string[], at: PlaceInFile, limits: Limits): void {
  if (bytes > limits.headerBytes) throw headerTooLong(bytes, at, limits);
  const long = names.findIndex((name) => name.length > limits.nameCharacters);
  if (long >= 0) throw nameTooLong(names[long] as string, long, at, limits);
}

function headerTooLong(bytes: number, at: PlaceInFile, limits: Limits): CalveError {
  const message = `The header in ${words(at)} has ${sizeText(bytes)}, ${sizeText(limits.headerBytes)} are allowed. If it is data, set the option "header" to false; if lines before the header are a title, set "skipLines".`;
  return limitExceeded('headerBytes', limits, message, { ...at });
}

function nameTooLong(name: string, index: number, at: PlaceInFile, limits: Limits): CalveError {
  const shown = shownText(JSON.stringify(`${name.slice(0, SHOWN_CHARACTERS)}…`));
  const message = `The header in ${words(at)} has ${count(name.length)} characters as the name of column ${index + 1}, ${count(limits.nameCharacters)} are allowed: ${shown}. If it is data, set the option "header" to false; else name the columns with the option "columns".`;
  return limitExceeded('nameCharacters', limits, message, { ...at, column: index + 1 });
}

/** `LIMIT_LINE`, for a line before the first record. */
export function skippedLineTooLong(at: PlaceInFile, limits: Limits): CalveError {
  const message = `The line that begins in ${words(at)} and is to be skipped is longer than ${sizeText(limits.recordBytes)}. Check the line ends of the file and the option "skipLines".`;
  return limitExceeded('recordBytes', limits, message, { ...at });
}

function tooManyColumns(record: RefusedRecord, limits: Limits): CalveError {
  const at = placeOf(record.start, record);
  const message = `The record in ${words(at)} has more than ${count(limits.columns)} cells. Check the delimiter, which is ${shownText(JSON.stringify(record.delimiter))}, and the line ends of the file${lineEndHint(record)}.`;
  return limitExceeded('columns', limits, message, { ...at });
}

function cellTooLong({ start, end }: SampleStop['longCell'], record: RefusedRecord, limits: Limits): CalveError {
  const at = placeOf(start, record);
  const message = `The cell that begins in ${words(at)} has ${sizeText(end - start)}, ${sizeText(limits.cellBytes)} are allowed. Most likely a quote is not closed, or the delimiter is not ${shownText(JSON.stringify(record.delimiter))}.`;
  return limitExceeded('cellBytes', limits, message, { ...at });
}

function recordTooLong(record: RefusedRecord, openQuoteAt: number, limits: Limits): CalveError {
  const { start, end, isComplete, lineEnd } = record;
  const at = placeOf(start, record);
  const allowed = sizeText(limits.recordBytes);
  const fail = (message: string): CalveError => limitExceeded('recordBytes', limits, message, { ...at });
  if (isComplete) {
    return fail(
      `The record that begins in ${words(at)} has ${sizeText(end - start)}, ${allowed} are allowed. Check the quotes and the line ends of the file${lineEndHint(record)}.`,
    );
  }
  if (openQuoteAt >= 0) {
    const quote = placeOf(openQuoteAt, record);
    return fail(
      `The record that begins in ${words(at)} is longer than ${allowed}, and the quote that opens in ${words(quote)} has not closed yet. ${CLOSE_IT}`,
    );
  }
  if (lineEnd === null) {
    return fail(`The file has no line end in more than ${allowed} from ${words(at)} on: it is not lines of text.`);
  }
  return fail(
    `The record that begins in ${words(at)} goes on for more than ${allowed} without a line end. Check the line ends of the file${lineEndHint(record)}.`,
  );
}

const CLOSE_IT = 'Close it, or set the option "quote" to null if the file does not use quotes.';

/** A CR that ends no line is what remains of another kind of line end. */
function lineEndHint({ bytes, start, end, lineEnd }: RefusedRecord): string {
  const hasReturn = lineEnd === 'LF' && bytes.subarray(start, end).includes(CARRIAGE_RETURN);
  return hasReturn ? ': they are LF, but there are CRs in this record' : '';
}

function placeOf(at: number, { bytes, start, offsetOf, line, lineEnd }: RefusedRecord): PlaceInFile {
  return { line: line + countLineEnds(bytes, start, at, lineEnd ?? 'LF'), byteOffset: offsetOf(at) };
}

function words({ line, byteOffset }: PlaceInFile): string {
  return `line ${line} (byte ${byteOffset})`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
