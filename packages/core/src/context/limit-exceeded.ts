import { CalveError } from '../errors/calve-error.ts';
import type { ErrorCode } from '../errors/error-code.ts';
import type { Json } from '../json/json.ts';
import type { InputLimits } from './input-limits.ts';

/** The code of each limit. */
export const LIMIT_CODES = {
  compressedBytes: 'LIMIT_FILE',
  contentBytes: 'LIMIT_FILE',
  compressionRatio: 'LIMIT_RATIO',
  recordBytes: 'LIMIT_LINE',
  cellBytes: 'LIMIT_CELL',
  columns: 'LIMIT_COLUMNS',
  headerBytes: 'LIMIT_HEADER',
  nameCharacters: 'LIMIT_NAME',
  stallMilliseconds: 'LIMIT_TIME',
  decodeMemoryBytes: 'LIMIT_MEMORY',
} as const satisfies Record<keyof InputLimits, ErrorCode>;

/**
 * The error for a file beyond a limit; recovery `fix-input`, so the file is quarantined.
 *
 * @param message One sentence: what is larger than what, and where. What to raise is added here.
 */
export function limitExceeded(
  limit: keyof InputLimits,
  limits: Readonly<InputLimits>,
  message: string,
  context: Readonly<Record<string, Json>> = {},
): CalveError {
  return new CalveError(LIMIT_CODES[limit], `${message} If such files are meant to be, raise limits.${limit}.`, {
    recovery: 'fix-input',
    context: { ...context, limit, allowed: limits[limit] },
  });
}
