import { CalveError, type ErrorCode, type Recovery } from '@calve/core/plugin';

/** What was being done: a listing (or its start), or reading one listed file. */
export type FileStep = 'list' | 'open';

type Kind = 'missing' | 'too-long' | 'denied' | 'link' | 'unavailable';

/** Error codes of Linux, macOS and Windows as libuv names them: https://docs.libuv.org/en/v1.x/errors.html */
const KINDS: Record<string, [kind: Kind, says: string]> = {
  ENOENT: ['missing', 'does not exist'],
  ENOTDIR: ['missing', 'does not exist: a part of the path is a file'],
  ENAMETOOLONG: ['too-long', 'cannot be reached: the name or path is longer than the system allows; use shorter names'],
  EACCES: ['denied', 'may not be read by this user; give it read permission'],
  EPERM: ['denied', 'may not be read by this user; give it read permission'],
  ELOOP: ['link', 'has become a symbolic link'],
  EMFILE: ['unavailable', 'cannot be opened: this process has too many open files'],
  ENFILE: ['unavailable', 'cannot be opened: the system has too many open files'],
  ENOMEM: ['unavailable', 'cannot be opened: the system is out of memory'],
  EAGAIN: ['unavailable', 'is not available right now'],
  EBUSY: ['unavailable', 'is in use by another program'],
  EINTR: ['unavailable', 'could not be read: the call was interrupted'],
  EIO: ['unavailable', 'could not be read: the disk reported an error'],
  ENXIO: ['unavailable', 'could not be read: the device is gone'],
  ESTALE: ['unavailable', 'could not be read: the network file system lost it'],
  ETIMEDOUT: ['unavailable', 'could not be read: the network file system did not answer'],
};

const OUTCOMES: Record<Kind, Record<FileStep, [code: ErrorCode, recovery: Exclude<Recovery['kind'], 'decide'>]>> = {
  missing: { list: ['SOURCE_NOT_FOUND', 'fix-input'], open: ['OBJECT_NOT_FOUND', 'replan'] },
  // A name that somebody wrote cannot exist; a file that was found can, and was reached by another way.
  'too-long': { list: ['SOURCE_NOT_FOUND', 'fix-input'], open: ['SOURCE_UNAVAILABLE', 'fix-input'] },
  denied: { list: ['SOURCE_ACCESS_DENIED', 'fix-access'], open: ['SOURCE_ACCESS_DENIED', 'fix-access'] },
  link: { list: ['SOURCE_NOT_FOUND', 'fix-input'], open: ['OBJECT_CHANGED', 'replan'] },
  unavailable: { list: ['SOURCE_UNAVAILABLE', 'retry'], open: ['SOURCE_UNAVAILABLE', 'retry'] },
};

/** Failures of this process or the whole system: another file would meet the same. */
const OF_ALL_FILES = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

/** True when a mapped error is about this one file or folder, so that the others may still be read. */
export function isAboutOneFile({ code, context }: CalveError): boolean {
  if (code !== 'SOURCE_ACCESS_DENIED' && code !== 'SOURCE_UNAVAILABLE') return false;
  const { systemCode } = context as { systemCode?: string };
  return systemCode !== undefined && !OF_ALL_FILES.has(systemCode);
}

/**
 * What an error of the file system means. Errors of Calve pass as they are. A code that is not known here is `SOURCE_UNAVAILABLE` (retry), and
 * what is no file system error at all is `INTERNAL` (report).
 */
export function mapFileError(error: unknown, path: string, step: FileStep): CalveError {
  if (CalveError.is(error)) return error;
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) {
    return new CalveError('INTERNAL', `Reading ${path} failed in an unexpected way: ${String(error)}.`, {
      context: { path, step },
      cause: error,
    });
  }
  const [kind, says] = KINDS[code] ?? (['unavailable', `could not be read (${code})`] as const);
  const [calveCode, recovery] = OUTCOMES[kind][step];
  const then = recovery === 'replan' ? '; plan again' : '';
  return new CalveError(calveCode, `${path} ${says}${then}.`, {
    recovery,
    context: { path, step, systemCode: code },
    cause: error,
  });
}
