import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { CalveError, type Environment, type ObjectUnit } from '@calve/core/plugin';

/** How much of each end of a file is hashed. */
export const HASHED_BYTES = 64 * 1024;

/**
 * A link is refused (ELOOP) rather than followed, and opening a pipe does not wait for a writer: both may take the place of a file between
 * the moment it is seen and the moment it is opened. Windows knows neither flag.
 */
export const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What tells one version of a file from another without reading it. */
export interface FileStamp {
  size: bigint;
  mtimeNs: bigint;
  ino: bigint;
}

/** The beginning of a version: everything that `fstat` can confirm. */
export function stampText(stamp: FileStamp): string {
  return `${stamp.size}-${stamp.mtimeNs}-${stamp.ino}-`;
}

/** ISO 8601 in UTC, cut to milliseconds. */
export function modifiedAtOf(mtimeNs: bigint): string {
  return new Date(Number(mtimeNs / 1_000_000n)).toISOString();
}

/**
 * The unit of the file as it is now: opened once, so that size, time, inode and hash belong to the same file.
 *
 * Two files of the same content have the same fingerprint; files of at most 128 KiB have it only then.
 *
 * @param uri File URL of `path`: place and uri of the unit.
 * @throws the errors of `node:fs`, ELOOP when the path is a link; {CalveError} `OBJECT_CHANGED` when it is no file.
 */
export async function identifyFile(path: string, uri: string, environment: Environment): Promise<ObjectUnit> {
  const file = await open(path, OPEN_FLAGS);
  try {
    const stamp = await file.stat({ bigint: true });
    if (!stamp.isFile())
      throw new CalveError('OBJECT_CHANGED', `${path} is no longer a file.`, { recovery: 'replan', context: { path } });
    const size = Number(stamp.size);
    const hash = environment.sha256();
    const headBytes = Math.min(size, HASHED_BYTES);
    hash.update(await readRange(file, 0, headBytes));
    // The tail begins behind the head, so a small file is hashed exactly once.
    const tailStart = Math.max(headBytes, size - HASHED_BYTES);
    hash.update(await readRange(file, tailStart, size - tailStart));
    const ends = Buffer.from(hash.digest()).toString('hex');
    const version = `${stampText(stamp)}${ends.slice(0, 16)}`;
    return {
      kind: 'object',
      key: `${uri}#${stampText(stamp)}${ends}`,
      place: uri,
      fingerprint: `${size}-${ends}`,
      uri,
      version,
      sizeBytes: size,
      modifiedAt: modifiedAtOf(stamp.mtimeNs),
    };
  } finally {
    await file.close();
  }
}

/** Short when the file shrinks meanwhile; `open` finds that out. */
async function readRange(file: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
