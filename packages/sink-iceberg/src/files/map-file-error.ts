import { CalveError } from '@calve/core/plugin';

/** EDQUOT of Linux, for which Node has no name. */
const QUOTA = 'Unknown system error -122';

/**
 * The error of a failed file operation.
 *
 * @param doing What failed, to stand after "cannot": `read`, `create`.
 */
export function mapFileError(error: unknown, doing: string, path: string): CalveError {
  if (CalveError.is(error)) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const context = { path, system: code };
  switch (code) {
    case 'ENOENT':
      return new CalveError('ICEBERG_FILE_MISSING', `Cannot ${doing} ${path}: it does not exist.`, { context, cause: error });
    case 'EEXIST':
      return new CalveError(
        'ICEBERG_FILE_EXISTS',
        `Cannot ${doing} ${path}: it exists already, and files are never overwritten.`,
        { context, cause: error },
      );
    case 'EACCES':
    case 'EPERM':
      return new CalveError('ICEBERG_FILE_ACCESS_DENIED', `Cannot ${doing} ${path}: permission is missing.`, {
        recovery: 'fix-access',
        context,
        cause: error,
      });
    case 'EROFS':
      return new CalveError(
        'ICEBERG_FILE_ACCESS_DENIED',
        `Cannot ${doing} ${path}: its file system is read-only; make it writable, then run again.`,
        { recovery: 'fix-access', context, cause: error },
      );
    case 'ENOSPC':
    case QUOTA:
      return new CalveError(
        'ICEBERG_DISK_FULL',
        `Cannot ${doing} ${path}: ${code === QUOTA ? 'the quota of this user is used up; make room' : 'the disk is full; make room on it'}, then run again.`,
        { recovery: 'retry', context, cause: error },
      );
    case 'EIO':
      return new CalveError(
        'ICEBERG_FILE_UNAVAILABLE',
        `Cannot ${doing} ${path}: the disk reported an error (EIO); see whether it is damaged, then run again.`,
        { recovery: 'retry', context, cause: error },
      );
    default:
      return new CalveError(
        'ICEBERG_FILE_UNAVAILABLE',
        `Cannot ${doing} ${path}: ${error instanceof Error ? error.message : String(error)}`,
        {
          recovery: 'retry',
          context,
          cause: error,
        },
      );
  }
}
