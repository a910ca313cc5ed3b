import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import type { Compress } from '../parquet/page-sink.ts';
import { SnappyCompressor } from '../parquet/snappy-compressor.ts';
import type { TableWriterConfiguration } from './table-writer-configuration.ts';

const ZSTD_LEVEL = 3;

/** zlib takes its output memory before it knows how much it needs: by default 16 KiB, also for a page of ten values of ten thousand columns. */
function outputBytes(input: Uint8Array): number {
  return Math.min(Math.max(256, input.length + 64), 1024 * 1024);
}

/** Compressors of the writer of nested columns; Snappy is built into it. The same bytes always give the same bytes. */
export const compressors = {
  ZSTD: (input: Uint8Array): Uint8Array =>
    zstdCompressSync(input, { chunkSize: outputBytes(input), params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }),
  GZIP: (input: Uint8Array): Uint8Array => gzipSync(input, { chunkSize: outputBytes(input) }),
};

/** What compresses the pages of a file. A result may hold until the next call only. */
export function pageCompressor(codec: TableWriterConfiguration['codec']): Compress {
  switch (codec) {
    case 'zstd':
      return compressors.ZSTD;
    case 'gzip':
      return compressors.GZIP;
    case 'snappy': {
      const snappy = new SnappyCompressor();
      return (input) => snappy.compress(input);
    }
    case 'uncompressed':
      return (input) => input;
  }
}

/** Parquet's name of a codec. */
export function parquetCodec(codec: TableWriterConfiguration['codec']): CompressionCodec {
  return codec.toUpperCase() as CompressionCodec;
}
