import type { ByteReader, CallContext } from '@calve/core/plugin';
import { compressionOf, keepOpen, readUpTo } from '@calve/core/plugin';
import type { JsonOptions } from './json-format-options.ts';

/** How a file is compressed, by its first bytes unless the options say it. */
export async function detectCompression(
  reader: ByteReader,
  { compression }: Pick<JsonOptions, 'compression'>,
): Promise<'gzip' | 'zstd' | null> {
  if (compression !== 'detect') return compression === 'none' ? null : compression;
  return compressionOf(await readUpTo(reader, 4));
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
