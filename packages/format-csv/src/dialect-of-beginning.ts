import type { CsvOptions } from './csv-format-options.ts';
import { MEANINGFUL_CHARACTERS } from './delimiters.ts';
import { type FoundDialect, findDialect } from './find-dialect.ts';
import type { Head } from './sample-records.ts';

/** Most often some hundred records … */
const BEGINNING_BYTES = 32 * 1024;
/** … and of fewer than these nothing is said. */
const LEAST_RECORDS = 32;
const MEANINGFUL = new TextEncoder().encode(MEANINGFUL_CHARACTERS.join(''));
const BACKSLASH = 0x5c;

/**
 * The dialect of a file whose first records say all that there is to say: they are cut alike, and nothing in the rest of the head can mean another
 * dialect. So the head of most files is not cut again and again for each delimiter.
 *
 * @param head Begins with the first line of the file.
 * @returns `null`: all of the head is to be looked at.
 */
export function dialectOfBeginning(head: Head, options: CsvOptions): FoundDialect | null {
  const { bytes, start, length } = head;
  const end = start + BEGINNING_BYTES;
  if (length <= end) return null;
  const beginning = bytes.subarray(start, end);
  const rest = bytes.subarray(end, length);
  const isNew = (byte: number): boolean => rest.includes(byte) && (byte === BACKSLASH || !beginning.includes(byte));
  if (MEANINGFUL.some(isNew)) return null;
  // Rewritten cells go behind the data, which is still needed there.
  const found = findDialect(
    { ...head, bytes: bytes.slice(0, end + BEGINNING_BYTES), length: end, isFinal: false },
    options,
    true,
  );
  const { sample, preamble, rivals, consistency } = found;
  const isCut = sample.stop === null || sample.stop.outcome === 'more';
  const isRegular = sample.widths.length >= LEAST_RECORDS && sample.badRecords === 0 && isCut && consistency === 1;
  return isRegular && preamble === null && rivals.length === 0 ? found : null;
}
