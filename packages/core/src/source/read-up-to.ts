import type { ByteReader } from './byte-reader.ts';

/**
 * Reads some bytes of a content, in as many reads as it takes.
 *
 * @returns At most `bytes` from `offset` on: as many as there are.
 * @throws {CalveError} what the reader throws.
 */
export async function readUpTo(reader: ByteReader, bytes: number, offset = 0): Promise<Uint8Array> {
  const { sizeBytes } = reader;
  const target = new Uint8Array(sizeBytes < 0 ? bytes : Math.max(0, Math.min(bytes, sizeBytes - offset)));
  let length = 0;
  while (length < target.length) {
    const got = await reader.read(target.subarray(length), offset + length);
    if (got === 0) break;
    length += got;
  }
  return target.subarray(0, length);
}
