import type { InputLimits, Path } from '@calve/core/plugin';
import { CalveError, limitExceeded, shownText, sizeText } from '@calve/core/plugin';
import { QUOTE } from './byte-classes.ts';

/** A place in a file, for people. */
export interface PlaceInFile {
  line: number;
  byteOffset: number;
}

type Limits = Readonly<InputLimits>;

const SHOWN_CHARACTERS = 40;
const SHOWN_NAME = 60;

/** A record, or another token, that is not read any further; `openQuoteAt`: a string in it that has not closed, and how long it is so far. */
export function recordTooLong(
  at: PlaceInFile,
  bytes: number | null,
  openString: (PlaceInFile & { bytes: number }) | null,
  limits: Limits,
): CalveError {
  const allowed = sizeText(limits.recordBytes);
  if (openString && openString.bytes > limits.cellBytes) return cellTooLong(openString, null, limits);
  const message =
    bytes === null
      ? `The record that begins in ${words(at)} goes on for more than ${allowed}. Check the option "framing", and "recordsAt" if the records stand inside of a document.`
      : `The record that begins in ${words(at)} has ${sizeText(bytes)}, ${allowed} are allowed.`;
  return limitExceeded('recordBytes', limits, message, { line: at.line, byteOffset: at.byteOffset });
}

/** @param bytes `null`: it has no end within what was read. */
export function cellTooLong(at: PlaceInFile, bytes: number | null, limits: Limits): CalveError {
  const allowed = sizeText(limits.cellBytes);
  const message =
    bytes === null
      ? `The string that opens in ${words(at)} never closes, or not within ${allowed}, which a value may have.`
      : `The value that begins in ${words(at)} has ${sizeText(bytes)}, ${allowed} are allowed.`;
  return limitExceeded('cellBytes', limits, message, { line: at.line, byteOffset: at.byteOffset });
}

/** More members at the top than columns are allowed. */
export function tooManyColumns(limits: Limits): CalveError {
  const message = `The records have more than ${limits.columns.toLocaleString('en-US')} different members. If the names are data, they belong one level deeper, where they become a map.`;
  return limitExceeded('columns', limits, message);
}

/** The name of a column that is too long. */
export function nameTooLong(name: string, limits: Limits): CalveError {
  const shown = shownText(JSON.stringify(`${name.slice(0, SHOWN_CHARACTERS)}…`));
  const message = `A member of the records has ${name.length.toLocaleString('en-US')} characters as its name, ${limits.nameCharacters.toLocaleString('en-US')} are allowed: ${shown}.`;
  return limitExceeded('nameCharacters', limits, message);
}

/** A member that was not seen when the file was planned from its head. @param at Of the quote that opens its name. */
export function memberUnseen(bytes: Uint8Array, at: number, place: PlaceInFile): CalveError {
  const end = bytes.subarray(0, at + SHOWN_NAME).indexOf(QUOTE, at + 1);
  const name = new TextDecoder().decode(bytes.subarray(at + 1, end < 0 ? at + SHOWN_NAME : end));
  const message = `The member ${shownText(JSON.stringify(name))} in ${words(place)} is none that the head of the file has, from which it was planned. It is planned again from all of it.`;
  return new CalveError('PLAN_INCOMPLETE', message, { recovery: 'replan', context: { ...place } });
}

/** Where a document, or a sequence of values, stops to be JSON: nobody can tell where the next record begins. */
export function malformedDocument(at: PlaceInFile, bytes: Uint8Array, isAtEnd: boolean): CalveError {
  const [line = ''] = new TextDecoder().decode(bytes.subarray(0, SHOWN_CHARACTERS)).split(/[\r\n]/, 1);
  const found = shownText(JSON.stringify(line));
  const message = isAtEnd
    ? `The file ends in the middle of a value, in ${words(at)}: it is cut off.`
    : `The file is no JSON from ${words(at)} on, where ${found} stands, so where its next record begins is not certain. If it has one record per line, set the option "framing" to "lines".`;
  return new CalveError('MALFORMED_UNIT', message, { recovery: 'fix-input', context: { ...at } });
}

/** Not one record of the file is in order, so there is no structure to read. */
export function noGoodRecord(records: number, first: PlaceInFile & { code: string }): CalveError {
  const { code, ...at } = first;
  const which =
    records === 1
      ? 'The only record of the file is not'
      : `None of the ${records.toLocaleString('en-US')} records of the file is`;
  const message = `${which} standard JSON, see ${words(at)} (${code}). Check that it is JSON at all, and the option "framing".`;
  return new CalveError('MALFORMED_UNIT', message, { recovery: 'fix-input', context: { ...at, records } });
}

/** The path to the records leads nowhere. */
export function recordsNotFound(path: Path, at: PlaceInFile | null): CalveError {
  const where = at ? `: something else stands in ${words(at)}` : '';
  const message = `The document has no array and no object at ${shownText(JSON.stringify(path))}, where its records should be${where}. Set the option "recordsAt" to the names of the members that lead to them.`;
  return new CalveError('JSON_RECORDS_NOT_FOUND', message, {
    recovery: 'fix-input',
    context: { recordsAt: path, ...(at ? { line: at.line, byteOffset: at.byteOffset } : {}) },
  });
}

/** The file is JSON, but no table. */
export function notRecords(why: string): CalveError {
  const message = `The file is JSON, but no table: ${why}. Leave it out by a pattern in the source, or set the option "recordsAt" if the records stand further inside.`;
  return new CalveError('JSON_NOT_RECORDS', message, { recovery: 'fix-input', context: { reason: why } });
}

function words({ line, byteOffset }: PlaceInFile): string {
  return `line ${line} (byte ${byteOffset})`;
}
