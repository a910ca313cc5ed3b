import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import type { PartitionSpec } from '../spec/partition-spec.ts';

/**
 * The content of a metadata file, with the names that it has there. 64-bit integers are `bigint`. Members that we do not know are
 * kept when a file is read and written again.
 *
 * @see https://iceberg.apache.org/spec/#table-metadata-fields
 */
export interface TableMetadata {
  'format-version': number;
  'table-uuid': string;
  location: string;
  'last-sequence-number': bigint;
  'last-updated-ms': bigint;
  'last-column-id': number;
  schemas: IcebergSchema[];
  'current-schema-id': number;
  'partition-specs': PartitionSpec[];
  'default-spec-id': number;
  'last-partition-id': number;
  'sort-orders': SortOrder[];
  'default-sort-order-id': number;
  properties?: Record<string, string>;
  /** -1 means none. */
  'current-snapshot-id'?: bigint | null;
  snapshots?: Snapshot[];
  'snapshot-log'?: { 'snapshot-id': bigint; 'timestamp-ms': bigint }[];
  'metadata-log'?: { 'metadata-file': string; 'timestamp-ms': bigint }[];
  refs?: Record<string, SnapshotReference>;
}

/** One state of the table's content. */
export interface Snapshot {
  'snapshot-id': bigint;
  'parent-snapshot-id'?: bigint | null;
  'sequence-number': bigint;
  'timestamp-ms': bigint;
  'manifest-list': string;
  /** All values are text. */
  summary: Record<string, string>;
  'schema-id'?: number;
}

/** A branch or a tag. */
export interface SnapshotReference {
  'snapshot-id': bigint;
  type: 'branch' | 'tag';
  'min-snapshots-to-keep'?: number;
  'max-snapshot-age-ms'?: bigint;
  'max-ref-age-ms'?: bigint;
}

/** How rows are sorted. Order 0 has no fields: not at all. */
export interface SortOrder {
  'order-id': number;
  fields: unknown[];
}

/** The branch that readers see unless they ask for another one. */
export const MAIN_BRANCH = 'main';
