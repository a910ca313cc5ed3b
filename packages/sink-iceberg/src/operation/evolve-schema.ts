import type { Field } from '@calve/core/plugin';
import { exactJsonText } from '../metadata/exact-json.ts';
import { schemaOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import type { TableRequirement } from '../metadata/table-requirement.ts';
import type { TableUpdate } from '../metadata/table-update.ts';
import { assignIds } from '../spec/assign-ids.ts';
import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import { isLegalWidening } from '../spec/legal-widening.ts';
import { columnsOf, icebergTypeOf, sameTypeAndIds, schemaFieldsOf } from '../spec/schema-columns.ts';

/** How the table gets the columns that were planned; nothing when it has them. */
export interface SchemaEvolution {
  requirements: TableRequirement[];
  updates: TableUpdate[];
}

/**
 * Compares the table as it is now with the columns that were planned, by meaning: columns that others added since do no harm, as
 * long as they may be null. Pure.
 *
 * @param planned All columns of the table as planned, with the ids that the data files carry.
 * @returns The change, or why the plan no longer fits, in plain words: then it has to be made anew.
 */
export function evolveSchema(metadata: TableMetadata, planned: readonly Field[]): SchemaEvolution | string {
  const current = schemaOf(metadata);
  const columns = columnsOf(current);
  const added: Field[] = [];
  const changed = new Map<number, Field>();
  for (const field of planned) {
    const existing = columns.find((column) => column.id === field.id);
    if (!existing) {
      if ((field.id as number) <= metadata['last-column-id'])
        return `the column "${field.name}" with id ${field.id} is gone or was never added`;
      added.push(field);
      continue;
    }
    if (existing.name !== field.name) return `the column "${field.name}" is called "${existing.name}" now`;
    const same = sameTypeAndIds(existing.type, field.type);
    if (!same && !isLegalWidening(existing.type, field.type)) return `the type of the column "${field.name}" has changed`;
    if (!same || (existing.required && !field.required)) changed.set(existing.id as number, field);
  }
  for (const column of columns) {
    if (column.required && !planned.some((field) => field.id === column.id))
      return `the table has a new column "${column.name}" that must not be null`;
    if (added.some((field) => field.name.toLowerCase() === column.name.toLowerCase()))
      return `another writer added a column "${column.name}"`;
  }
  if (added.length === 0 && changed.size === 0) return { requirements: [], updates: [] };
  const fresh = assignIds(added, metadata['last-column-id']);
  if (JSON.stringify(schemaFieldsOf(fresh.fields)) !== JSON.stringify(schemaFieldsOf(added)))
    return 'other columns were added since, and took the planned ids';
  return evolution(metadata, current, added, changed, fresh.lastId);
}

function evolution(
  metadata: TableMetadata,
  current: IcebergSchema,
  added: readonly Field[],
  changed: ReadonlyMap<number, Field>,
  lastColumnId: number,
): SchemaEvolution {
  // Members that we do not know (defaults, docs, identifier fields) stay as they are.
  const fields = current.fields.map((field) => {
    const change = changed.get(field.id);
    return change ? { ...field, type: icebergTypeOf(change.type), required: field.required && change.required } : field;
  });
  const body = { ...current, fields: [...fields, ...schemaFieldsOf(added)] };
  const content = (schema: IcebergSchema): string => exactJsonText([schema.fields, schema['identifier-field-ids'] ?? []]);
  const known = metadata.schemas.find((schema) => content(schema) === content(body));
  const schema: IcebergSchema = { ...body, 'schema-id': Math.max(...metadata.schemas.map((one) => one['schema-id'])) + 1 };
  return {
    requirements: [
      { type: 'assert-last-assigned-field-id', 'last-assigned-field-id': metadata['last-column-id'] },
      { type: 'assert-current-schema-id', 'current-schema-id': metadata['current-schema-id'] },
    ],
    updates: known
      ? [{ action: 'set-current-schema', 'schema-id': known['schema-id'] }]
      : [
          { action: 'add-schema', schema, 'last-column-id': lastColumnId },
          { action: 'set-current-schema', 'schema-id': -1 },
        ],
  };
}
