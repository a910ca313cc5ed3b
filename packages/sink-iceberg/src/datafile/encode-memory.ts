import { ColumnChunkWriter } from '../parquet/column-chunk-writer.ts';
import { GrowingBytes } from '../parquet/growing-bytes.ts';
import { LevelMemory } from '../parquet/level-memory.ts';
import { SnappyCompressor } from '../parquet/snappy-compressor.ts';

/** What encoding needs beside the rows. Used in turn by all files that one table writer has open, and given back when it ends. */
export class EncodeMemory {
  readonly chunks = new ColumnChunkWriter();
  readonly snappy = new SnappyCompressor();
  /** Of nested columns. */
  readonly levels = new LevelMemory();
  /** Encoded bytes that were not handed over yet; empty between two row groups. */
  readonly pending = new GrowingBytes(64 * 1024);

  /** Gives the memory back, also after an error. It can be used again afterwards. */
  release(): void {
    this.chunks.release();
    this.snappy.release();
    this.levels.release(0);
  }
}
