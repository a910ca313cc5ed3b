import { gzipSync } from 'node:zlib';
import type { Compress } from '../parquet/page-sink.ts';
import { SnappyCompressor } from '../parquet/snappy-compressor.ts';
import { CodecOutput, worstCase } from './codec-output.ts';
import type { TableWriterConfiguration } from './table-writer-configuration.ts';
import { ZstdCompressor } from './zstd-compressor.ts';

/**
 * What compresses the pages of a file. The same pages always give the same bytes.
 *
 * @param snappy Used by that codec; its memory is given back by its owner.
 */
export function pageCompressor(codec: TableWriterConfiguration['codec'], snappy = new SnappyCompressor()): Compress {
  switch (codec) {
    case 'zstd': {
      const zstd = new ZstdCompressor();
      return (page, content = 'others', isFirst = true) => zstd.compress(page, content, isFirst);
    }
    case 'gzip': {
      const output = new CodecOutput();
      return (page) => {
        const capacity = worstCase(page.length);
        return output.hold(gzipSync(page, { chunkSize: capacity }), capacity);
      };
    }
    case 'snappy':
      return (page) => snappy.compress(page);
    case 'uncompressed':
      return (page) => page;
  }
}
