import type { ByteReader } from '@calve/core/plugin';
import { bytesOf, readUpTo } from '@calve/core/plugin';

/**
 * The same content read once: from here on every read is served from memory. For a small file that is looked at several times, of which each read
 * would be a call of the operating system or a request. Closing it closes nothing.
 *
 * @param reader Of known size, which is the memory that this takes.
 * @throws {CalveError} what the reader throws.
 */
export async function smallReader(reader: ByteReader): Promise<ByteReader> {
  return { ...bytesOf(await readUpTo(reader, reader.sizeBytes)), sizeBytes: reader.sizeBytes, verify: () => reader.verify() };
}
