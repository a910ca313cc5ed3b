/**
 * A place in the input. What is not known is left out: a worker that reads a range knows byte offsets, but no line numbers.
 */
export interface Position {
  /** Key of the unit; plugins leave it empty, core fills it in. */
  unit: string;
  /** Offset in bytes, 0-based, in the decompressed content. */
  byteOffset?: number;
  /** Data record, 1-based; a header is not a record. */
  record?: number;
  /** Physical line on which the record begins, 1-based; the header, where there is one, is line 1. */
  line?: number;
  sheet?: string;
  column?: string;
}
