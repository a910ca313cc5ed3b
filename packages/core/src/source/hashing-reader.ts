import type { Hash } from '../env/environment.ts';
import type { ByteReader } from './byte-reader.ts';

const CHUNK_BYTES = 1 << 20;

/** A reader that learns the SHA-256 of the stored bytes while they are read from front to back. */
export interface HashingReader extends ByteReader {
  /** Reads what was not read yet, then gives the hash in hexadecimal. Called once, before `close`. */
  finishHash(): Promise<string>;
}

/**
 * Hashes each byte once, in order, also when a reader goes back or skips.
 *
 * @param onBytes Called with the number of bytes each time that the front moves on: progress.
 */
export function hashingReader(inner: ByteReader, hash: Hash, onBytes: (bytes: number) => void = () => {}): HashingReader {
  let front = 0;
  const account = (target: Uint8Array, offset: number, count: number): number => {
    if (offset <= front && offset + count > front) {
      hash.update(target.subarray(front - offset, count));
      onBytes(offset + count - front);
      front = offset + count;
    }
    return count;
  };
  return {
    sizeBytes: inner.sizeBytes,
    ...(inner.localPath === undefined ? {} : { localPath: inner.localPath }),
    read(target, offset) {
      const count = inner.read(target, offset);
      return typeof count === 'number' ? account(target, offset, count) : count.then((bytes) => account(target, offset, bytes));
    },
    async finishHash() {
      for (let chunk: Uint8Array | null = null; inner.sizeBytes < 0 || front < inner.sizeBytes; ) {
        chunk ??= new Uint8Array(CHUNK_BYTES);
        if ((await this.read(chunk, front)) === 0) break;
      }
      return hexadecimal(hash.digest());
    },
    verify: () => inner.verify(),
    close: () => inner.close(),
  };
}

const DIGITS = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** Used again: thousands of files have a hash each. */
const codes: number[] = [];

/** Lower-case hexadecimal text of bytes. */
export function hexadecimal(bytes: Uint8Array): string {
  if (codes.length !== bytes.length * 2) codes.length = bytes.length * 2;
  // Made at once: a text that is put together keeps its parts.
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    codes[at * 2] = DIGITS[byte >> 4] as number;
    codes[at * 2 + 1] = DIGITS[byte & 15] as number;
  }
  return String.fromCharCode(...codes);
}
