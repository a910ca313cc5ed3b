import { whyUnwritable } from '@calve/core/node';
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

interface Meaning {
  recovery: 'retry' | 'fix-access' | 'fix-input';
  says: string;
}

const FULL: Meaning = { recovery: 'retry', says: 'the disk is full; make room on it, then run again' };
const QUOTA: Meaning = { recovery: 'retry', says: 'the quota of this user is used up; make room, then run again' };
/** SQLite says no more, also when the quota of a user is used up. */
const BROKEN: Meaning = {
  recovery: 'retry',
  says: 'the disk reported an error; see whether it is damaged, or a quota is used up, then run again',
};
const READ_ONLY: Meaning = { recovery: 'fix-access', says: 'it may not be written; allow writing to the file and its folder' };
const LOST =
  'Nothing was changed. Restore it from a backup, or remove it: the next run then names the newest metadata file of the table, to be registered in a new catalog';

/** Primary result codes of SQLite. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  3: { recovery: 'fix-access', says: 'this user may not use it' },
  5: { recovery: 'retry', says: 'another process has locked it' },
  6: { recovery: 'retry', says: 'another process has locked it' },
  8: READ_ONLY,
  10: BROKEN,
  11: { recovery: 'fix-input', says: `the file is damaged. ${LOST}` },
  13: FULL,
  14: {
    recovery: 'fix-access',
    says: 'the file cannot be opened; check that the path is a file, that this user may read and write it and its folder, and that no quota is used up',
  },
  23: { recovery: 'fix-access', says: 'this user may not use it' },
  26: { recovery: 'fix-input', says: `the file is no SQLite database. ${LOST}` },
};

/** Codes of the file system while its folder is made. */
const FILE_SYSTEM: Readonly<Record<string, Meaning>> = {
  EACCES: READ_ONLY,
  EPERM: READ_ONLY,
  EROFS: { recovery: 'fix-access', says: 'its file system is read-only; make it writable, then run again' },
  ENOSPC: FULL,
  // EDQUOT of Linux, for which Node has no name.
  'Unknown system error -122': QUOTA,
  EIO: BROKEN,
};

/** The error of a catalog that cannot be read or written now. */
export function catalogError(error: unknown, doing: string, path: string): CalveError {
  if (CalveError.is(error)) return error;
  const meaning = meaningOf(error, path);
  return new CalveError(
    'ICEBERG_CATALOG_UNAVAILABLE',
    `Cannot ${doing} the catalog ${path}: ${meaning ? `${meaning.says}.` : messageOf(error)}`,
    { recovery: meaning?.recovery ?? 'retry', context: { path }, cause: error },
  );
}

/** null: nobody foresaw it. */
function meaningOf(error: unknown, path: string): Meaning | null {
  const { errcode, code } = error as { errcode?: unknown; code?: unknown };
  if (typeof errcode !== 'number') return FILE_SYSTEM[String(code)] ?? null;
  const primary = errcode & 0xff;
  // SQLite says no more than this when the journal beside the file could not be made.
  const reason = primary === 10 || primary === 14 ? whyUnwritable(path) : null;
  if (reason !== null) return reason === 'full' ? FULL : READ_ONLY;
  return MEANINGS[primary] ?? null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same for the moment in which the pointer moves: nobody knows whether it did. */
export function unknownOutcome(error: unknown, path: string): CalveErrorData {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return new CalveError(
    'COMMIT_STATE_UNKNOWN',
    `The catalog ${path} failed while the commit was written: ${meaningOf(first, path)?.says ?? messageOf(first)}. It may have been applied.`,
    { recovery: 'verify', context: { path }, cause: error },
  ).toJSON();
}
