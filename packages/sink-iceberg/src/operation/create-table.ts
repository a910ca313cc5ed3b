import type { Field } from '@calve/core/plugin';
import type { TableUpdate } from '../metadata/table-update.ts';
import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import type { PartitionSpec } from '../spec/partition-spec.ts';
import { schemaFieldsOf } from '../spec/schema-columns.ts';

/** What a new table is made of. */
export interface NewTable {
  uuid: string;
  location: string;
  /** With ids. */
  fields: readonly Field[];
  spec: PartitionSpec;
  properties: Readonly<Record<string, string>>;
}

/** Properties that a new table gets unless the target says otherwise. */
const DEFAULT_PROPERTIES = { 'write.parquet.compression-codec': 'zstd' };

/** The updates that create a table of format version 2, in the order that REST catalogs expect. Pure. */
export function createTableUpdates(table: NewTable): TableUpdate[] {
  const schema: IcebergSchema = { type: 'struct', 'schema-id': 0, fields: schemaFieldsOf(table.fields) };
  return [
    { action: 'assign-uuid', uuid: table.uuid },
    { action: 'upgrade-format-version', 'format-version': 2 },
    { action: 'add-schema', schema },
    { action: 'set-current-schema', 'schema-id': -1 },
    { action: 'add-spec', spec: table.spec },
    { action: 'set-default-spec', 'spec-id': -1 },
    { action: 'add-sort-order', 'sort-order': { 'order-id': 0, fields: [] } },
    { action: 'set-default-sort-order', 'sort-order-id': -1 },
    { action: 'set-location', location: table.location },
    { action: 'set-properties', updates: { ...DEFAULT_PROPERTIES, ...table.properties } },
  ];
}
