import type { Field } from '@calve/core/plugin';
import type { TableUpdate } from '../metadata/table-update.ts';
import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import type { PartitionSpec } from '../spec/partition-spec.ts';
import { schemaFieldsOf } from '../spec/schema-columns.ts';
import type { SortOrder } from '../spec/sort-order.ts';
import { UNSORTED } from '../spec/sort-order.ts';

/** What a new table is made of. */
export interface NewTable {
  uuid: string;
  location: string;
  /** With ids. */
  fields: readonly Field[];
  /** Ids of the columns that identify a row. Default: none. */
  identifierFieldIds?: readonly number[];
  spec: PartitionSpec;
  /** Default: not sorted. */
  sortOrder?: SortOrder;
  properties: Readonly<Record<string, string>>;
}

/** Properties that a new table gets unless the target says otherwise. */
const DEFAULT_PROPERTIES = { 'write.parquet.compression-codec': 'zstd' };

/** The updates that create a table of format version 2, in the order that REST catalogs expect. Pure. */
export function createTableUpdates(table: NewTable): TableUpdate[] {
  const schema: IcebergSchema = { type: 'struct', 'schema-id': 0, fields: schemaFieldsOf(table.fields) };
  const { identifierFieldIds = [], sortOrder = UNSORTED } = table;
  if (identifierFieldIds.length > 0) schema['identifier-field-ids'] = [...identifierFieldIds];
  return [
    { action: 'assign-uuid', uuid: table.uuid },
    { action: 'upgrade-format-version', 'format-version': 2 },
    { action: 'add-schema', schema },
    { action: 'set-current-schema', 'schema-id': -1 },
    { action: 'add-spec', spec: table.spec },
    { action: 'set-default-spec', 'spec-id': -1 },
    { action: 'add-sort-order', 'sort-order': sortOrder },
    { action: 'set-default-sort-order', 'sort-order-id': -1 },
    { action: 'set-location', location: table.location },
    { action: 'set-properties', updates: { ...DEFAULT_PROPERTIES, ...table.properties } },
  ];
}
