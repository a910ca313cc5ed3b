import { statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OutputFile } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { localPath } from './file-uri.ts';
import { makeFolder, syncFolder } from './make-folder.ts';
import { mapFileError } from './map-file-error.ts';

/** No metadata file, manifest or manifest list is larger than this; one that is, is taken for damaged. */
const MAXIMUM_METADATA_BYTES = 1024 * 1024 * 1024;

/**
 * Creates a file that must not exist, with its folders. Its bytes and its name are durable when `finish` resolves; `abort`
 * deletes it, also after `finish`.
 *
 * @throws {CalveError} `ICEBERG_FILE_EXISTS` and the other codes of `mapFileError`.
 */
export async function createFile(location: string): Promise<OutputFile> {
  const path = localPath(location);
  try {
    return outputOf(await openNew(path), path);
  } catch (error) {
    throw mapFileError(error, 'create', path);
  }
}

/** The folder is nearly always there, so it is made only when the file cannot be. */
async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolder(dirname(path));
    return open(path, 'wx');
  }
}

function outputOf(handle: FileHandle, path: string): OutputFile {
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  return {
    async write(chunk) {
      try {
        for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten;
      } catch (error) {
        throw mapFileError(error, 'write', path);
      }
    },
    async finish() {
      try {
        await handle.sync();
        await close();
        await syncFolder(dirname(path));
      } catch (error) {
        throw mapFileError(error, 'finish', path);
      }
    },
    async abort() {
      await close();
      await deleteFile(path);
    },
  };
}

/** Creates a file with these bytes; durable when resolved. A file that could not be completed is deleted. */
export async function writeFileOnce(location: string, bytes: Uint8Array): Promise<void> {
  const file = await createFile(location);
  try {
    await file.write(bytes);
    await file.finish();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

/** All bytes of a metadata file, manifest or manifest list. @throws {CalveError} `ICEBERG_FILE_MISSING` and others. */
export async function readWholeFile(location: string): Promise<Uint8Array> {
  const path = localPath(location);
  try {
    const { size } = await stat(path);
    if (size > MAXIMUM_METADATA_BYTES)
      throw new CalveError('ICEBERG_METADATA_INVALID', `${path} has ${size} bytes, which no metadata file has.`, {
        context: { path, size },
      });
    return await readFile(path);
  } catch (error) {
    throw mapFileError(error, 'read', path);
  }
}

/** Size in bytes, `null` when there is no such file. A look at a local file takes less than handing it to a thread does. */
export async function fileSize(location: string): Promise<number | null> {
  const path = localPath(location);
  try {
    return statSync(path).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw mapFileError(error, 'look at', path);
  }
}

/** Deletes a file; that it is gone already is fine. */
export async function deleteFile(location: string): Promise<void> {
  const path = localPath(location);
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw mapFileError(error, 'delete', path);
  }
}
