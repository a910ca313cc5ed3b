import type { Json, TableState } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { LoadedTable } from '../catalog/catalog.ts';
import { headOf, schemaOf, specOf } from '../metadata/select.ts';
import type { PartitionField } from '../spec/partition-spec.ts';
import { columnsOf } from '../spec/schema-columns.ts';

/** What planning needs of a table beyond its columns: the `raw` part of a `TableState`, plain JSON. */
export interface TableFacts {
  formatVersion: number;
  location: string;
  lastColumnId: number;
  identifierFieldIds: number[];
  partition: PartitionField[];
  properties: Record<string, string>;
}

/** The state of a loaded table. @throws {CalveError} `ICEBERG_TYPE_UNSUPPORTED`. */
export function tableState({ metadata }: LoadedTable): TableState {
  const schema = schemaOf(metadata);
  const spec = specOf(metadata);
  const head = headOf(metadata);
  const facts: TableFacts = {
    formatVersion: metadata['format-version'],
    location: metadata.location,
    lastColumnId: metadata['last-column-id'],
    identifierFieldIds: schema['identifier-field-ids'] ?? [],
    partition: spec.fields.map((field) => ({
      'source-id': field['source-id'],
      'field-id': field['field-id'],
      transform: field.transform,
      name: field.name,
    })),
    properties: metadata.properties ?? {},
  };
  return {
    identity: metadata['table-uuid'],
    fields: columnsOf(schema),
    schemaId: schema['schema-id'],
    partitionSpecId: spec['spec-id'],
    snapshot: head === null ? null : String(head),
    raw: facts as unknown as Json,
  };
}

/** The facts inside a state that `tableState` made. @throws {CalveError} `INTERNAL`. */
export function factsOf(state: TableState): TableFacts {
  const facts = state.raw as unknown as TableFacts | null;
  if (typeof facts?.lastColumnId === 'number' && Array.isArray(facts.partition)) return facts;
  throw new CalveError('INTERNAL', 'The table state was not made by this sink.');
}
