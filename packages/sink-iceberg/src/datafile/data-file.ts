/**
 * One value of a partition tuple, as plain JSON. By result type of the transform: int, date, day, month, year, hour, bucket: a number;
 * long, timestamp(tz), time and the unscaled value of a decimal: decimal digits as text; float and double: a number, or `NaN`,
 * `Infinity`, `-Infinity` as text; string: the text; boolean: a boolean; uuid, fixed, binary: lower-case hexadecimal.
 */
export type PartitionValue = null | boolean | number | string;

/**
 * A data file that belongs to no snapshot yet: what a manifest entry needs to know of it. Plain JSON (`StagedFiles.files`).
 * Maps are keyed by field id as text; bounds are the single-value encoding as lower-case hexadecimal.
 */
export interface DataFileDescription {
  /** Full URI. */
  path: string;
  sizeBytes: number;
  /** From the file's own footer. */
  rows: number;
  /** Partition spec that the file was written with. */
  specId: number;
  /** Sort order of the table that its rows are in, from the first to the last. Absent: none. */
  sortOrderId?: number;
  /** One value per field of the partition spec, in its order. */
  partition: PartitionValue[];
  columnSizes: Record<string, number>;
  /** Nulls and NaN included. */
  valueCounts: Record<string, number>;
  nullCounts: Record<string, number>;
  /** Float and double only. */
  nanCounts: Record<string, number>;
  lowerBounds: Record<string, string>;
  upperBounds: Record<string, string>;
  splitOffsets: number[];
}
