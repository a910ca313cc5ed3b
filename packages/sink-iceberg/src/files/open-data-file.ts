import { open, stat } from 'node:fs/promises';
import type { DataFileSource } from '../datafile/file-bytes.ts';
import { localPath } from './file-uri.ts';
import { mapFileError } from './map-file-error.ts';

/** Opens a data file that any engine wrote. The receiver closes it. @throws {CalveError} `ICEBERG_FILE_MISSING` and others. */
export async function openDataFile(location: string): Promise<DataFileSource> {
  const path = localPath(location);
  try {
    // Sized before it is opened, so that nothing is left open when that fails; data files never change.
    const { size } = await stat(path);
    const handle = await open(path, 'r');
    return {
      sizeBytes: size,
      async read(target, offset) {
        try {
          return (await handle.read(target, 0, target.length, offset)).bytesRead;
        } catch (error) {
          throw mapFileError(error, 'read', path);
        }
      },
      close: () => handle.close(),
    };
  } catch (error) {
    throw mapFileError(error, 'open', path);
  }
}
