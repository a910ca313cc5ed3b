import type { CallContext } from '../context/call-context.ts';
import type { ByteReader } from './byte-reader.ts';
import { keepOpen } from './keep-open.ts';
import { RememberingReader } from './remembering-reader.ts';

/** The content of a stored file, for someone who looks at its beginning before he reads it: it is decompressed once. */
export interface StoredContent {
  /** Decompressed. Closing it closes nothing. */
  readonly reader: ByteReader;
  /** How far the stored bytes were read; what is not compressed counts anew after `readAgain`. */
  readonly storedBytes: number;
  /** From now on it is read from its beginning, for the last time: what is decompressed is kept until then. */
  readAgain(): void;
}

/**
 * Runs `use` on the content of a stored file, and closes what was opened for that.
 *
 * @param stored Stays open. Can be read from its beginning.
 * @param isHead No more than its beginning is going to be read.
 * @throws what `use` and the environment throw.
 */
export async function withStoredContent<T>(
  stored: ByteReader,
  compression: 'gzip' | 'zstd' | null,
  isHead: boolean,
  { environment }: Pick<CallContext, 'environment'>,
  use: (content: StoredContent) => Promise<T>,
): Promise<T> {
  let storedBytes = 0;
  const counted = keepOpen(stored, (end) => {
    if (end > storedBytes) storedBytes = end;
  });
  const contentOf = (reader: ByteReader, readAgain: () => void): StoredContent => ({
    reader,
    get storedBytes() {
      return storedBytes;
    },
    readAgain,
  });
  const countAnew = (): void => {
    storedBytes = 0;
  };
  if (compression === null) return use(contentOf(counted, countAnew));
  const opened = await environment.decompress(compression, counted, isHead ? 'head' : undefined);
  try {
    const remembering = new RememberingReader(opened);
    return await use(contentOf(remembering, () => remembering.stopKeeping()));
  } finally {
    await opened.close();
  }
}
