import { CalveError } from '../errors/calve-error.ts';

/**
 * What one file may cost. A file beyond a limit is quarantined with the code that stands at it, and the other files go on. Plain numbers, so that
 * they reach decoders in other threads and processes as they are.
 */
export interface InputLimits {
  /** Bytes of a compressed file as it is stored. Default 5 GiB. `LIMIT_FILE`. */
  compressedBytes: number;
  /** Bytes of content, decompressed where the file is compressed. Default 20 GiB. `LIMIT_FILE`. */
  contentBytes: number;
  /** Bytes of content for each stored byte of a compressed file, from 64 MiB of content on. Default 200. `LIMIT_RATIO`. */
  compressionRatio: number;
  /** Bytes of one record (of a text file: one line, unless quotes go on over line ends). Default 16 MiB. `LIMIT_LINE`. */
  recordBytes: number;
  /** Bytes of one cell as it stands in the file. Default 16 MiB. `LIMIT_CELL`. */
  cellBytes: number;
  /** Columns of a file. Default 10,000. `LIMIT_COLUMNS`. */
  columns: number;
  /** Bytes of the part that names the columns. Default 1 MiB. `LIMIT_HEADER`. */
  headerBytes: number;
  /** UTF-16 units of the name of one column. Default 255. `LIMIT_NAME`. */
  nameCharacters: number;
  /** How long a decoder in a process of its own may go on without a sign of progress. Default 30,000. `LIMIT_TIME`. */
  stallMilliseconds: number;
  /** Memory of one decode process. Default 512 MiB. `LIMIT_MEMORY`. */
  decodeMemoryBytes: number;
}

/** The limits of a host that says nothing. */
export const DEFAULT_LIMITS: Readonly<InputLimits> = Object.freeze({
  compressedBytes: 5 * 2 ** 30,
  contentBytes: 20 * 2 ** 30,
  compressionRatio: 200,
  recordBytes: 16 * 2 ** 20,
  cellBytes: 16 * 2 ** 20,
  columns: 10_000,
  headerBytes: 2 ** 20,
  nameCharacters: 255,
  stallMilliseconds: 30_000,
  decodeMemoryBytes: 512 * 2 ** 20,
});

/**
 * The defaults with what a host sets instead.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): an unknown name, or a value that is not a number above 0.
 */
export function completeLimits(given: Partial<InputLimits> = {}): InputLimits {
  const wrong = Object.entries(given).flatMap(([name, value]) => {
    if (!Object.hasOwn(DEFAULT_LIMITS, name))
      return [`limits.${name} is not known; known: ${Object.keys(DEFAULT_LIMITS).join(', ')}`];
    return value === undefined || (typeof value === 'number' && value > 0) ? [] : [`limits.${name} has to be a number above 0`];
  });
  if (wrong.length > 0) throw new CalveError('CONFIGURATION_INVALID', `${wrong.join('; ')}.`, { recovery: 'fix-input' });
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...DEFAULT_LIMITS, ...set };
}
