import type { Environment, Hash } from '../env/environment.ts';
import type { CalveError } from '../errors/calve-error.ts';
import type { ByteReader } from './byte-reader.ts';
import { hexadecimal } from './hashing-reader.ts';
import { bytesOf } from './own-bytes.ts';

/** Bytes of a blob that are fetched at a time. */
const PIECE = 4 * 1024 * 1024;

/** The SHA-256 of a content, piece by piece. @throws what the platform throws when a `File` can no longer be read. */
export async function hashContent(content: Uint8Array | Blob, hash: Hash): Promise<Uint8Array> {
  if (content instanceof Uint8Array) hash.update(content);
  else for (let start = 0; start < content.size; start += PIECE) hash.update(await sliceOf(content, start, start + PIECE));
  return hash.digest();
}

/** Reads ranges of a blob; the file behind a `File` may be gone or changed, and then the platform refuses to read it. */
export function blobReader(blob: Blob, changed: () => CalveError): ByteReader {
  return {
    sizeBytes: blob.size,
    async read(target, offset) {
      let bytes: Uint8Array;
      try {
        bytes = await sliceOf(blob, offset, offset + target.length);
      } catch {
        // NotReadableError or NotFoundError, and nothing more is known: https://w3c.github.io/FileAPI/#file-error-conditions
        throw changed();
      }
      target.set(bytes);
      return bytes.length;
    },
    verify: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** Reads bytes that the host still holds, so `verify` looks whether they are what they were. */
export function bytesReader(bytes: Uint8Array, environment: Environment, key: string, changed: () => CalveError): ByteReader {
  return {
    ...bytesOf(bytes),
    async verify() {
      if (!key.endsWith(hexadecimal(await hashContent(bytes, environment.sha256())))) throw changed();
    },
  };
}

async function sliceOf(blob: Blob, start: number, end: number): Promise<Uint8Array> {
  return new Uint8Array(await blob.slice(start, Math.min(end, blob.size)).arrayBuffer());
}
