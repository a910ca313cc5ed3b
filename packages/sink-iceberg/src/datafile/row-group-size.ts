import type { RowGroupBuffer } from './row-group-buffer.ts';

/** Most rows of a row group; a multiple of 8. */
export const ROW_GROUP_ROWS = 131_072;
/** Rows are taken over in steps of this many, so that where a row group ends does not depend on how the rows were cut into batches. */
export const ROW_GROUP_STEP = 256;

/** With how much a buffer is full. */
export interface BufferLimits {
  /** A multiple of the step. */
  rows: number;
  bytes: number;
}

/** True when the rows are to be written. Asked after each step. */
export function isFull({ rows, sizeBytes }: RowGroupBuffer, limits: BufferLimits): boolean {
  return rows >= limits.rows || sizeBytes >= limits.bytes;
}
