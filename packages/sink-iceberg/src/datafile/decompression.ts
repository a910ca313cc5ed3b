import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { CalveError } from '@calve/core/plugin';
import type { Compressors as Decompressors } from 'hyparquet';
import { snappyUncompress } from 'hyparquet';

// A page is about 1 MiB; only a single huge value makes it larger. Beyond this a page header is not believed.
const LARGEST_PAGE = 512 * 1024 * 1024;

/** Decompressors for reading: none gives more bytes than the page header announced. */
export const decompressors: Decompressors = {
  ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: believable(length) }),
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: believable(length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: believable(length) }),
  SNAPPY: (input, length) => {
    believable(length);
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  },
};

function believable(length: number): number {
  if (length >= 0 && length <= LARGEST_PAGE) return Math.max(length, 1);
  throw new CalveError(
    'ICEBERG_DATA_FILE_MALFORMED',
    `A page of a data file claims to hold ${length} bytes, more than the ${LARGEST_PAGE} that are read.`,
    {
      recovery: 'fix-input',
      context: { bytes: length },
    },
  );
}
