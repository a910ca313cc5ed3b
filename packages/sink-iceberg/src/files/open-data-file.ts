import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import type { DataFileSource } from '../datafile/file-bytes.ts';
import { localPath } from './file-uri.ts';
import { mapFileError } from './map-file-error.ts';
import type { ReadPace } from './read-pace.ts';

/**
 * Opens a data file that any engine wrote. The receiver closes it, once no read is under way.
 *
 * @param pace Of all files of the lake.
 * @throws {CalveError} `ICEBERG_FILE_MISSING` and others.
 */
export async function openDataFile(location: string, pace: ReadPace): Promise<DataFileSource> {
  const path = localPath(location);
  const descriptor = attempt('open', path, () => openSync(path, 'r'));
  try {
    return {
      // Data files never change.
      sizeBytes: fstatSync(descriptor).size,
      read: (target, offset) =>
        pace.read(
          () => attempt('read', path, () => readSync(descriptor, target, 0, target.length, offset)),
          () => readLater(descriptor, target, offset, path),
        ),
      close: async () => closeSync(descriptor),
    };
  } catch (error) {
    closeSync(descriptor);
    throw mapFileError(error, 'open', path);
  }
}

function readLater(descriptor: number, target: Uint8Array, offset: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, target, 0, target.length, offset, (error, bytes) => {
      if (error) reject(mapFileError(error, 'read', path));
      else resolve(bytes);
    });
  });
}

function attempt<Result>(what: 'open' | 'read', path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw mapFileError(error, what, path);
  }
}
