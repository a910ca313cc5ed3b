import { CalveError, type ErrorCode, type Recovery } from '@calve/core/plugin';

/** What was being done: a listing (or its start), or reading one listed file. */
export type FileStep = 'list' | 'open';

type Kind = 'missing' | 'denied' | 'link' | 'unavailable';

/** Error codes of Linux, macOS and Windows as libuv names them: https://docs.libuv.org/en/v1.x/errors.html */
const KINDS: Record<string, [kind: Kind, says: string]> = {
  ENOENT: ['missing', 'does not exist'],
  ENOTDIR: ['missing', 'does not exist: a part of the path is a file'],
  ENAMETOOLONG: ['missing', 'does not exist: the name is longer than the file system allows'],
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
  denied: { list: ['SOURCE_ACCESS_DENIED', 'fix-access'], open: ['SOURCE_ACCESS_DENIED', 'fix-access'] },
  link: { list: ['SOURCE_NOT_FOUND', 'fix-input'], open: ['OBJECT_CHANGED', 'replan'] },
  unavailable: { list: ['SOURCE_UNAVAILABLE', 'retry'], open: ['SOURCE_UNAVAILABLE', 'retry'] },
};

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
