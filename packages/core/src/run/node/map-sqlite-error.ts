import { CalveError } from '../../errors/calve-error.ts';
import type { ErrorCode } from '../../errors/error-code.ts';
import type { Recovery } from '../../errors/recovery.ts';
import { whyUnwritable } from './unwritable.ts';

/** SQLite's primary result code for a file that cannot be opened. */
export const CANTOPEN = 14;

/** SQLite says no more than this when the log or the index beside the file could not be made. */
const VAGUE: readonly (number | null)[] = [10, CANTOPEN];

/** Its codes for what may be behind that. */
const BEHIND = { 'read-only': 8, full: 13 } as const;

interface Meaning {
  recovery: Recovery['kind'] & ('retry' | 'fix-access' | 'fix-input');
  says: string;
}

/** What helps whoever has no backup. */
const REBUILD = 'or remove it: the next run then says how it is rebuilt from the table';

/** SQLite says no more, also when the quota of a user is used up. */
const BROKEN: Meaning = {
  recovery: 'retry',
  says: 'the disk reported an error; see whether it is damaged, or a quota is used up, then run again',
};

/** Primary result codes: https://sqlite.org/rescode.html (2026-11). */
const MEANINGS: Record<number, Meaning> = {
  3: { recovery: 'fix-access', says: 'access is not permitted' },
  5: { recovery: 'retry', says: 'another process holds it in a transaction; try again' },
  6: { recovery: 'retry', says: 'another connection holds a table; try again' },
  8: { recovery: 'fix-access', says: 'it is read-only; allow writing to the file and its folder' },
  10: BROKEN,
  11: { recovery: 'fix-input', says: `the file is damaged; restore it from a backup, ${REBUILD}` },
  13: { recovery: 'retry', says: 'the disk is full; make room on it, then run again' },
  [CANTOPEN]: {
    recovery: 'fix-access',
    says: 'the file cannot be opened; check that the path is a file that may be written, and that no quota is used up',
  },
  23: { recovery: 'fix-access', says: 'access is not permitted' },
  26: { recovery: 'fix-input', says: `the file is no SQLite database; name another path, restore it from a backup, ${REBUILD}` },
};

/** Codes of the file system while the folders are made. */
const FILE_SYSTEM: Record<string, Meaning> = {
  EACCES: { recovery: 'fix-access', says: 'its folder may not be written' },
  EPERM: { recovery: 'fix-access', says: 'its folder may not be written' },
  EROFS: { recovery: 'fix-access', says: 'the file system is read-only' },
  ENOTDIR: { recovery: 'fix-access', says: 'a part of the path is a file, not a folder' },
  EEXIST: { recovery: 'fix-access', says: 'a part of the path is a file, not a folder' },
  ENOENT: { recovery: 'fix-access', says: 'its folder cannot be created' },
  ENOSPC: { recovery: 'retry', says: 'the disk is full; make room on it, then run again' },
  // EDQUOT of Linux, for which Node has no name.
  'Unknown system error -122': { recovery: 'retry', says: 'the quota of this user is used up; make room, then run again' },
  EIO: BROKEN,
};

/**
 * What an error of `node:sqlite`, or of the file system below it, means for the store at `path`.
 *
 * `commit`: an error of the disk while a transaction ends may or may not have kept it, so the answer is `CHECKPOINT_OUTCOME_UNKNOWN`
 * (verify). Everything else is `CHECKPOINT_UNAVAILABLE` and nothing was changed; an error that is neither is `INTERNAL`.
 */
export function mapSqliteError(error: unknown, path: string, step: 'open' | 'run' | 'commit'): CalveError {
  if (CalveError.is(error)) return error;
  const code = sqliteErrorCode(error);
  const meaning = code === null ? FILE_SYSTEM[String((error as { code?: unknown }).code)] : MEANINGS[plainCode(code, path)];
  const context = { path, step, ...(code === null ? {} : { sqliteCode: code }) };
  // A commit that is refused because of a lock has not begun; any other failure may have come after the record was on disk.
  if (step === 'commit' && code !== 5) {
    return new CalveError(
      'CHECKPOINT_OUTCOME_UNKNOWN',
      `Whether the state in ${path} was changed is not known: ${sentence(meaning, error)}.`,
      {
        recovery: 'verify',
        context,
        cause: error,
      },
    );
  }
  const [wrong, recovery]: [ErrorCode, Recovery['kind'] & Meaning['recovery']] | [ErrorCode, 'report'] = meaning
    ? ['CHECKPOINT_UNAVAILABLE', meaning.recovery]
    : ['INTERNAL', 'report'];
  return new CalveError(wrong, `The state file ${path} cannot be used: ${sentence(meaning, error)}.`, {
    recovery,
    context,
    cause: error,
  });
}

/** The primary result code of a `node:sqlite` error; null when it is something else. */
export function sqliteErrorCode(error: unknown): number | null {
  const code = error instanceof Error ? (error as { errcode?: unknown }).errcode : undefined;
  return typeof code === 'number' ? code & 0xff : null;
}

function plainCode(code: number, path: string): number {
  const reason = VAGUE.includes(code) ? whyUnwritable(path) : null;
  return reason === null ? code : BEHIND[reason];
}

function sentence(meaning: Meaning | undefined, error: unknown): string {
  const detail = error instanceof Error ? error.message : String(error);
  return meaning ? `${meaning.says} (${detail})` : detail;
}
