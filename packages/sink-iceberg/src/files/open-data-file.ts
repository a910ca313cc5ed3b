import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { DataFileSource } from '../datafile/file-bytes.ts';
import { localPath } from './file-uri.ts';
import { mapFileError } from './map-file-error.ts';

/**
 * Opens a data file that any engine wrote. The receiver closes it. Nothing waits for another thread: a piece of a file is read in less time than
 * handing it over takes.
 *
 * @throws {CalveError} `ICEBERG_FILE_MISSING` and others.
 */
export async function openDataFile(location: string): Promise<DataFileSource> {
  const path = localPath(location);
  const descriptor = attempt('open', path, () => openSync(path, 'r'));
  try {
    return {
      // Data files never change.
      sizeBytes: fstatSync(descriptor).size,
      read: (target, offset) => attempt('read', path, () => readSync(descriptor, target, 0, target.length, offset)),
      close: async () => closeSync(descriptor),
    };
  } catch (error) {
    closeSync(descriptor);
    throw mapFileError(error, 'open', path);
  }
}

function attempt<Result>(what: 'open' | 'read', path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw mapFileError(error, what, path);
  }
}
