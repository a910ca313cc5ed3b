import type { ByteReader, CallContext } from '@calve/core/plugin';
import { keepOpen } from '@calve/core/plugin';
import type { JsonOptions } from './json-format-options.ts';

/** How a file is compressed, by its first bytes unless the options say it. */
export async function detectCompression(
  reader: ByteReader,
  { compression }: Pick<JsonOptions, 'compression'>,
): Promise<'gzip' | 'zstd' | null> {
  if (compression !== 'detect') return compression === 'none' ? null : compression;
  const magic = new Uint8Array(4);
  const length = await fill(magic, reader);
  if (length >= 3 && magic[0] === 0x1f && magic[1] === 0x8b && magic[2] === 0x08) return 'gzip';
  const isZstd = length === 4 && magic[0] === 0x28 && magic[1] === 0xb5 && magic[2] === 0x2f && magic[3] === 0xfd;
  return isZstd ? 'zstd' : null;
}

/**
 * Runs `use` on the decompressed content and closes what was opened for that.
 *
 * @param onRead Gets the bytes of each read of the stored file.
 */
export async function withContent<T>(
  reader: ByteReader,
  compression: 'gzip' | 'zstd' | null,
  context: CallContext,
  onRead: ((bytes: number) => void) | undefined,
  use: (content: ByteReader) => Promise<T>,
): Promise<T> {
  const stored = keepOpen(reader, onRead);
  if (compression === null) return use(stored);
  const content = await context.environment.decompress(compression, stored);
  try {
    return await use(content);
  } finally {
    await content.close();
  }
}

/** Reads the beginning of a content; answers how many bytes there are. */
export async function fill(target: Uint8Array, reader: ByteReader): Promise<number> {
  let length = 0;
  while (length < target.length) {
    const answer = reader.read(target.subarray(length), length);
    const got = typeof answer === 'number' ? answer : await answer;
    if (got === 0) break;
    length += got;
  }
  return length;
}
