import type { Json, TableState } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { LoadedTable } from '../catalog/catalog.ts';
import { headOf, schemaOf, specOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import type { PartitionField } from '../spec/partition-spec.ts';
import { columnsOf } from '../spec/schema-columns.ts';
import type { SortOrder } from '../spec/sort-order.ts';
import { readSortFields, UNSORTED } from '../spec/sort-order.ts';

/** What planning needs of a table beyond its columns: the `raw` part of a `TableState`, plain JSON. */
export interface TableFacts {
  formatVersion: number;
  location: string;
  lastColumnId: number;
  identifierFieldIds: number[];
  partition: PartitionField[];
  /** Ids of the columns that any partition spec or sort order of the table is made from: none of them can be dropped. */
  layoutSources: number[];
  /** That of new files first. Those with fields that this version does not know are left out. */
  sortOrders: SortOrder[];
  lastSortOrderId: number;
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
    layoutSources: layoutSources(metadata),
    sortOrders: knownSortOrders(metadata),
    lastSortOrderId: Math.max(0, ...metadata['sort-orders'].map((order) => order['order-id'])),
    properties: metadata.properties ?? {},
  };
  const renamed = renamedColumns(metadata);
  return {
    identity: metadata['table-uuid'],
    fields: columnsOf(schema),
    schemaId: schema['schema-id'],
    partitionSpecId: spec['spec-id'],
    snapshot: head === null ? null : String(head),
    ...(renamed.length > 0 ? { renamed } : {}),
    raw: facts as unknown as Json,
  };
}

/** Former names of the columns that the table has now, from the schemas that it had: an id keeps its column, whatever that is called. */
function renamedColumns(metadata: TableMetadata): NonNullable<TableState['renamed']> {
  const { fields } = schemaOf(metadata);
  const present = new Map(fields.map(({ id, name }) => [id, name]));
  const seen = new Set(fields.map(({ name }) => name.toLowerCase()));
  const found: NonNullable<TableState['renamed']> = [];
  // The latest first: a name that several columns had belongs to the last of them.
  for (const schema of metadata.schemas.toSorted((a, b) => b['schema-id'] - a['schema-id'])) {
    for (const { id, name } of schema.fields) {
      if (seen.has(name.toLowerCase())) continue;
      seen.add(name.toLowerCase());
      const to = present.get(id);
      if (to !== undefined) found.push({ from: [name], to: [to] });
    }
  }
  return found;
}

/** The sort orders that this version can sort by, that of new files first: the unsorted one where it is not among them. */
export function knownSortOrders(metadata: TableMetadata): SortOrder[] {
  const known = metadata['sort-orders'].flatMap((order): SortOrder[] => {
    const fields = readSortFields(order.fields);
    return fields === null ? [] : [{ 'order-id': order['order-id'], fields }];
  });
  const current = known.find((order) => order['order-id'] === metadata['default-sort-order-id']) ?? UNSORTED;
  return [current, ...known.filter((order) => order['order-id'] !== current['order-id'])];
}

/** Ids of the columns that partition specs and sort orders of a table are made from, earlier ones included. */
export function layoutSources(metadata: TableMetadata): number[] {
  const ofSpecs = metadata['partition-specs'].flatMap(({ fields }) =>
    fields.filter((field) => field.transform !== 'void').map((field) => field['source-id']),
  );
  const ofOrders = metadata['sort-orders'].flatMap(({ fields }) =>
    fields.flatMap((field) => {
      const source = (field as { 'source-id'?: unknown } | null)?.['source-id'];
      return typeof source === 'number' ? [source] : [];
    }),
  );
  return [...new Set([...ofSpecs, ...ofOrders])];
}

/** The facts inside a state that `tableState` made. @throws {CalveError} `INTERNAL`. */
export function factsOf(state: TableState): TableFacts {
  const facts = state.raw as unknown as TableFacts | null;
  if (typeof facts?.lastColumnId === 'number' && Array.isArray(facts.partition)) return facts;
  throw new CalveError('INTERNAL', 'The table state was not made by this sink.');
}
