import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { CalveError, freeBuffer, giveBytesBack } from '@calve/core/plugin';
import type { Compressors as Decompressors } from 'hyparquet';
import { snappyUncompress } from 'hyparquet';

// A page is about 1 MiB; only a single huge value makes it larger. Beyond this a page header is not believed.
const LARGEST_PAGE = 512 * 1024 * 1024;
/** Memory that is taken before there are bytes for it. */
const LARGEST_PIECE = 4 * 1024 * 1024;

/** Decompressors for reading: none gives more bytes than the page header announced. */
export const decompressors: Decompressors = {
  ZSTD: (input, length) => zstdDecompressSync(input, sizes(length)),
  GZIP: (input, length) => gunzipSync(input, sizes(length)),
  BROTLI: (input, length) => brotliDecompressSync(input, sizes(length)),
  SNAPPY: (input, length) => {
    believable(length);
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  },
};

/**
 * Gives back what a page took that was decompressed: left to the collector, pages make it go through the whole heap every few of them. Nothing of it is
 * read any more.
 */
export function dropPage(page: Uint8Array): void {
  giveBytesBack(page);
  const { buffer, byteOffset, length } = page;
  const isWhole = buffer.byteLength === length || buffer.byteLength === capacityOf(length);
  // Small ones may lie in memory that others use too.
  if (isWhole && byteOffset === 0 && length > Buffer.poolSize) freeBuffer(page);
}

/** The whole page in one piece. */
function sizes(length: number): { maxOutputLength: number; chunkSize: number } {
  const maxOutputLength = believable(length);
  return { maxOutputLength, chunkSize: capacityOf(maxOutputLength) };
}

/** A little more than the page, so that it is never full: zlib would begin another piece, and copy both together. */
function capacityOf(length: number): number {
  return Math.min(length, LARGEST_PIECE) + 64;
}

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
