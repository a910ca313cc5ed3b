import { ColumnChunkWriter } from '../parquet/column-chunk-writer.ts';
import { GrowingBytes } from '../parquet/growing-bytes.ts';

/** What encoding needs beside the rows. Used in turn by all files that one table writer has open. */
export class EncodeMemory {
  readonly chunks = new ColumnChunkWriter();
  /** Encoded bytes that were not handed over yet; empty between two row groups. */
  readonly pending = new GrowingBytes(64 * 1024);
}
