import type { ByteReader, CallContext } from '@calve/core/plugin';
import { compressionOf, keepOpen, RememberingReader, readUpTo } from '@calve/core/plugin';
import type { JsonOptions } from './json-format-options.ts';

/** How a file is compressed, by its first bytes unless the options say it. */
export async function detectCompression(
  reader: ByteReader,
  { compression }: Pick<JsonOptions, 'compression'>,
): Promise<'gzip' | 'zstd' | null> {
  if (compression !== 'detect') return compression === 'none' ? null : compression;
  return compressionOf(await readUpTo(reader, 4));
}

/** The content of a stored file, which is read from its beginning twice: it is decompressed once. */
export interface StoredContent {
  reader: ByteReader;
  /** Stored bytes that this reading of it took, each counted once. */
  storedBytes: number;
  /** From now on it is read from its beginning, for the last time. */
  readAgain(): void;
}

/**
 * Runs `use` on the decompressed content and closes what was opened for that.
 *
 * @param isHead No more than its beginning is going to be read.
 */
export async function withContent<T>(
  reader: ByteReader,
  compression: 'gzip' | 'zstd' | null,
  isHead: boolean,
  context: CallContext,
  use: (content: StoredContent) => Promise<T>,
): Promise<T> {
  const onRead = (bytes: number): void => {
    content.storedBytes += bytes;
  };
  const stored = keepOpen(reader, onRead);
  const content: StoredContent = {
    reader: stored,
    storedBytes: 0,
    readAgain() {
      content.storedBytes = 0;
    },
  };
  if (compression === null) return use(content);
  const opened = await context.environment.decompress(compression, stored, isHead ? 'head' : undefined);
  const remembering = new RememberingReader(opened);
  content.reader = remembering;
  // What was decompressed is not read again.
  content.readAgain = () => remembering.stopKeeping();
  try {
    return await use(content);
  } finally {
    await opened.close();
  }
}
