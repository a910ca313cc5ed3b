import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
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
  ctimeNs: bigint;
  ino: bigint;
  dev: bigint;
}

/** What a file is: how it looked when it was opened, and the SHA-256 of its ends in hexadecimal. */
export interface FileIdentity {
  stamp: FileStamp;
  hash: string;
}

/** The beginning of a version: everything that `fstat` can confirm. */
export function stampText(stamp: Pick<FileStamp, 'size' | 'mtimeNs' | 'ino'>): string {
  return [stamp.size, stamp.mtimeNs, stamp.ino, ''].join('-');
}

/** ISO 8601 in UTC, cut to milliseconds. */
export function modifiedAtOf(mtimeNs: bigint): string {
  return new Date(Number(mtimeNs / 1_000_000n)).toISOString();
}

/**
 * What the file is now: opened once, so that size, time, inode and hash belong to the same file.
 *
 * @throws the errors of `node:fs`, ELOOP when the path is a link; {CalveError} `OBJECT_CHANGED` when it is no file.
 */
export async function identifyFile(path: string, environment: Environment): Promise<FileIdentity> {
  const file = await open(path, OPEN_FLAGS);
  try {
    const stamp = await file.stat({ bigint: true });
    assertIsFile(stamp, path);
    const [head, tail] = endsOf(Number(stamp.size));
    const hash = environment.sha256();
    hash.update(await readRange(file, head));
    hash.update(await readRange(file, tail));
    return { stamp, hash: hexadecimal(hash.digest()) };
  } finally {
    await file.close();
  }
}

/** Both ends of the largest file; nothing of it is needed once a file is identified. */
let ends: Uint8Array | null = null;

/**
 * As `identifyFile`, without waiting: a fraction of its work where the file system answers at once. Elsewhere the whole process stands still
 * meanwhile.
 *
 * @throws as `identifyFile` does.
 */
export function identifyFileNow(path: string, environment: Environment): FileIdentity {
  const file = openSync(path, OPEN_FLAGS);
  try {
    const stamp = fstatSync(file, { bigint: true });
    assertIsFile(stamp, path);
    const [head, tail] = endsOf(Number(stamp.size));
    ends ??= new Uint8Array(2 * HASHED_BYTES);
    let filled = 0;
    for (const { start, length } of [head, tail]) {
      for (const end = filled + length, shift = start - filled; filled < end; ) {
        const count = readSync(file, ends, filled, end - filled, shift + filled);
        if (count === 0) break;
        filled += count;
      }
    }
    const hash = environment.sha256();
    hash.update(ends.subarray(0, filled));
    return { stamp, hash: hexadecimal(hash.digest()) };
  } finally {
    closeSync(file);
  }
}

interface Range {
  start: number;
  length: number;
}

/** The tail begins behind the head, so a small file is hashed exactly once. */
function endsOf(size: number): [head: Range, tail: Range] {
  const headBytes = Math.min(size, HASHED_BYTES);
  const tailStart = Math.max(headBytes, size - HASHED_BYTES);
  return [
    { start: 0, length: headBytes },
    { start: tailStart, length: size - tailStart },
  ];
}

/** @throws {CalveError} `OBJECT_CHANGED` (replan): something else is in the place of the file. */
export function assertIsFile(stamp: { isFile(): boolean }, path: string): void {
  if (stamp.isFile()) return;
  throw new CalveError('OBJECT_CHANGED', `${path} is no longer a file.`, { recovery: 'replan', context: { path } });
}

function hexadecimal(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString('hex');
}

/**
 * The unit of a file. Two files of the same content have the same fingerprint; files of at most 128 KiB have it only then.
 *
 * @param uri File URL: place and uri of the unit.
 */
export function unitOf({ stamp, hash }: FileIdentity, uri: string): ObjectUnit {
  const size = Number(stamp.size);
  const text = stampText(stamp);
  // There are thousands of units. A text put together piece by piece would keep its pieces, so they are joined; what is cut from a text takes no
  // memory for what it says.
  const key = [uri, '#', text, hash].join('');
  const place = key.slice(0, uri.length);
  return {
    kind: 'object',
    key,
    place,
    fingerprint: [size, hash].join('-'),
    uri: place,
    version: key.slice(uri.length + 1, uri.length + 1 + text.length + 16),
    sizeBytes: size,
    modifiedAt: modifiedAtOf(stamp.mtimeNs),
  };
}

/** Short when the file shrinks meanwhile; `open` finds that out. */
async function readRange(file: FileHandle, { start, length }: Range): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
