import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Compress, PageContent } from '../parquet/page-sink.ts';
import { SnappyCompressor } from '../parquet/snappy-compressor.ts';
import type { TableWriterConfiguration } from './table-writer-configuration.ts';

// A page that holds one huge value takes more pieces.
const LARGEST_OUTPUT = 2 * 1024 * 1024;

/**
 * Level 3 with tables of half their usual size, as that level has them for 128 KiB: they stay in the processor's cache, which saves a tenth of
 * the time. What pages of 1 MiB lose by it is less than 1 %.
 */
const ZSTD = { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_hashLog]: 16, [constants.ZSTD_c_chainLog]: 15 };
/** Numbers of floating point have few equal bytes in a row, and looking for short ones takes three times as long. */
const ZSTD_OF_FLOATING = { ...ZSTD, [constants.ZSTD_c_minMatch]: 6 };

/**
 * zlib takes its output memory before it knows how much it needs: by default 16 KiB, also for a page of ten values of ten thousand columns.
 * With room for the worst case zstd writes there directly.
 *
 * @see https://github.com/facebook/zstd/blob/v1.5.7/lib/zstd.h, ZSTD_COMPRESSBOUND
 */
function outputBytes({ length }: Uint8Array): number {
  const worst = length + (length >> 8) + Math.max(0, (128 * 1024 - length) >> 11);
  return Math.min(Math.max(256, worst), LARGEST_OUTPUT);
}

function zstd(input: Uint8Array, content?: PageContent): Uint8Array {
  return zstdCompressSync(input, { chunkSize: outputBytes(input), params: content === 'floating' ? ZSTD_OF_FLOATING : ZSTD });
}

function gzip(input: Uint8Array): Uint8Array {
  return gzipSync(input, { chunkSize: outputBytes(input) });
}

/**
 * What compresses the pages of a file. A result may hold until the next call only. The same bytes always give the same bytes.
 *
 * @param snappy Used by that codec; its memory is given back by its owner.
 */
export function pageCompressor(codec: TableWriterConfiguration['codec'], snappy = new SnappyCompressor()): Compress {
  switch (codec) {
    case 'zstd':
      return zstd;
    case 'gzip':
      return gzip;
    case 'snappy':
      return (input) => snappy.compress(input);
    case 'uncompressed':
      return (input) => input;
  }
}
