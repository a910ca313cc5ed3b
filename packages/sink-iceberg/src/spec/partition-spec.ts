/** One field of a partition spec, as table metadata writes it. */
export interface PartitionField {
  'source-id': number;
  'field-id': number;
  /** `identity`, `day`, `bucket[16]`, … */
  transform: string;
  name: string;
}

/**
 * How a table is partitioned. No fields: not at all.
 *
 * @see https://iceberg.apache.org/spec/#partitioning
 */
export interface PartitionSpec {
  'spec-id': number;
  fields: PartitionField[];
}

/** First id of a partition field; ids below are those of columns. */
export const FIRST_PARTITION_ID = 1000;
