import type { RowGroup } from '../parquet/file-metadata.ts';
import type { PartMetrics } from './metrics-collector.ts';

/** A row group without a file: what `EncodedPart` of the sink contract is for this sink. It survives a structured clone. */
export interface EncodedRowGroup {
  /** All pages of the row group. */
  bytes: Uint8Array;
  content: {
    /** Offsets are those in `bytes`. */
    rowGroup: RowGroup;
    metrics: PartMetrics;
  };
}

/** The same row group behind `offset` bytes. */
export function movedRowGroup({ rows, chunks }: RowGroup, offset: number): RowGroup {
  return {
    rows,
    chunks: chunks.map((chunk) => ({
      ...chunk,
      offset: chunk.offset + offset,
      dataPageOffset: chunk.dataPageOffset + offset,
    })),
  };
}
