import type { ByteReader } from '@calve/core/plugin';
import { compressionOf, readUpTo } from '@calve/core/plugin';
import type { JsonOptions } from './json-format-options.ts';

/** How a file is compressed, by its first bytes unless the options say it. */
export async function detectCompression(
  reader: ByteReader,
  { compression }: Pick<JsonOptions, 'compression'>,
): Promise<'gzip' | 'zstd' | null> {
  if (compression !== 'detect') return compression === 'none' ? null : compression;
  return compressionOf(await readUpTo(reader, 4));
}
