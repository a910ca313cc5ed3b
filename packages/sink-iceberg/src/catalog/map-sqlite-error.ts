import type { CalveErrorData } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';

/**
 * What a failed SQLite statement means for a commit: `busy`: another process holds the file; `constraint`: the row exists
 * already; `other`: an I/O error or a damaged file.
 *
 * @see https://www.sqlite.org/rescode.html: the low byte of an extended code is the primary one
 */
export function sqliteFailure(error: unknown): 'busy' | 'constraint' | 'other' {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  const primary = typeof code === 'number' ? code & 0xff : null;
  if (primary === 5 || primary === 6) return 'busy';
  return primary === 19 ? 'constraint' : 'other';
}

/** The error of a catalog that cannot be read or written now. */
export function catalogError(error: unknown, doing: string, path: string): CalveError {
  if (CalveError.is(error)) return error;
  const busy = sqliteFailure(error) === 'busy';
  return new CalveError(
    'ICEBERG_CATALOG_UNAVAILABLE',
    busy
      ? `Cannot ${doing} the catalog ${path}: another process has locked it.`
      : `Cannot ${doing} the catalog ${path}: ${error instanceof Error ? error.message : String(error)}`,
    { recovery: 'retry', context: { path }, cause: error },
  );
}

/** The same for the moment in which the pointer moves: nobody knows whether it did. */
export function unknownOutcome(error: unknown, path: string): CalveErrorData {
  return new CalveError(
    'COMMIT_STATE_UNKNOWN',
    `The catalog ${path} failed while the commit was written: ${error instanceof Error ? error.message : String(error)}. It may have been applied.`,
    { recovery: 'verify', context: { path }, cause: error },
  ).toJSON();
}
