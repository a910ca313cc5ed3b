import { brotliDecompressSync, constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CalveError } from '@calve/core/plugin';
import type { CompressionCodec, Compressors as Decompressors } from 'hyparquet';
import { snappyUncompress } from 'hyparquet';
import type { TableWriterConfiguration } from './table-writer-configuration.ts';

const ZSTD_LEVEL = 3;
// A page is about 1 MiB; only a single huge value makes it larger. Beyond this a page header is not believed.
const LARGEST_PAGE = 512 * 1024 * 1024;

/** zlib takes its output memory before it knows how much it needs: by default 16 KiB, also for a page of ten values of ten thousand columns. */
function outputBytes(input: Uint8Array): number {
  return Math.min(Math.max(256, input.length + 64), 1024 * 1024);
}

/** Compressors for writing. Snappy is built into the writer. The same bytes always give the same bytes. */
export const compressors = {
  ZSTD: (input: Uint8Array): Uint8Array =>
    zstdCompressSync(input, { chunkSize: outputBytes(input), params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }),
  GZIP: (input: Uint8Array): Uint8Array => gzipSync(input, { chunkSize: outputBytes(input) }),
};

/** Parquet's name of a codec. */
export function parquetCodec(codec: TableWriterConfiguration['codec']): CompressionCodec {
  return codec.toUpperCase() as CompressionCodec;
}

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
