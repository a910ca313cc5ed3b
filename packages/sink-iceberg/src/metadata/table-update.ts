import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import type { PartitionSpec } from '../spec/partition-spec.ts';
import type { Snapshot, SnapshotReference, SortOrder } from './table-metadata.ts';

/**
 * One change of table metadata, as the REST protocol writes it. A schema, spec or order id of -1 means the one that an update of
 * the same commit added last.
 *
 * @see https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml (`TableUpdate`, 1.11.0)
 */
export type TableUpdate =
  | { action: 'assign-uuid'; uuid: string }
  | { action: 'upgrade-format-version'; 'format-version': number }
  | { action: 'add-schema'; schema: IcebergSchema; 'last-column-id'?: number }
  | { action: 'set-current-schema'; 'schema-id': number }
  | { action: 'add-spec'; spec: PartitionSpec }
  | { action: 'set-default-spec'; 'spec-id': number }
  | { action: 'add-sort-order'; 'sort-order': SortOrder }
  | { action: 'set-default-sort-order'; 'sort-order-id': number }
  | { action: 'add-snapshot'; snapshot: Snapshot }
  | ({ action: 'set-snapshot-ref'; 'ref-name': string } & SnapshotReference)
  | { action: 'remove-snapshots'; 'snapshot-ids': bigint[] }
  | { action: 'remove-snapshot-ref'; 'ref-name': string }
  | { action: 'set-location'; location: string }
  | { action: 'set-properties'; updates: Record<string, string> }
  | { action: 'remove-properties'; removals: string[] };
