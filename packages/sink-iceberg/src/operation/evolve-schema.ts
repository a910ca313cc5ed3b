import type { ColumnType, Field, ProgramOutput } from '@calve/core/plugin';
import { exactJsonText } from '../metadata/exact-json.ts';
import { schemaOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import type { TableRequirement } from '../metadata/table-requirement.ts';
import type { TableUpdate } from '../metadata/table-update.ts';
import type { IcebergSchema, IcebergType, SchemaField } from '../spec/iceberg-schema.ts';
import { isLegalWidening } from '../spec/legal-widening.ts';
import { parsePrimitive } from '../spec/primitive-type.ts';
import { columnTypeOf, icebergTypeOf, sameTypeAndIds, schemaFieldsOf } from '../spec/schema-columns.ts';
import { layoutSources } from './table-facts.ts';

/** How the table gets the columns that were planned; nothing when it has them. */
export interface SchemaEvolution {
  requirements: TableRequirement[];
  updates: TableUpdate[];
}

/** What was planned for the columns of a table. */
export type PlannedSchema = Pick<ProgramOutput, 'fields' | 'changes'>;

/**
 * Compares the table as it is now with the columns that were planned, by meaning: columns and members that others added since do no
 * harm, as long as they may be null. Pure.
 *
 * @param planned All columns of the table as planned, with the ids that the data files carry; what is renamed and dropped is in its changes.
 * @returns The change, or why the plan no longer fits, in plain words: then it has to be made anew.
 */
export function evolveSchema(metadata: TableMetadata, planned: PlannedSchema): SchemaEvolution | string {
  const current = schemaOf(metadata);
  const merge = new SchemaMerge(metadata, current, planned);
  const fields = merge.fields(current.fields, planned.fields, '');
  if (typeof fields === 'string') return fields;
  const newIds = merge.added.sort((a, b) => a - b);
  const last = metadata['last-column-id'];
  if (newIds.some((id, at) => id !== last + 1 + at)) return 'other columns were added since, and took the planned ids';
  if (exactJsonText(fields) === exactJsonText(current.fields)) return { requirements: [], updates: [] };
  return evolution(metadata, { ...current, fields }, last + newIds.length);
}

/** Goes through the present schema and the planned one side by side. Members that we do not know (defaults, docs) stay as they are. */
class SchemaMerge {
  /** Ids that the table does not have yet. */
  readonly added: number[] = [];
  readonly #lastId: number;
  readonly #renames = new Map<number, string>();
  readonly #drops = new Set<number>();
  readonly #undroppable: ReadonlySet<number>;

  constructor(metadata: TableMetadata, current: IcebergSchema, { changes }: PlannedSchema) {
    this.#lastId = metadata['last-column-id'];
    this.#undroppable = new Set([...layoutSources(metadata), ...(current['identifier-field-ids'] ?? [])]);
    for (const { kind, before } of changes) {
      const field = before as { id?: number; name?: string } | null;
      if (typeof field?.id !== 'number') continue;
      if (kind === 'rename-column') this.#renames.set(field.id, field.name ?? '');
      if (kind === 'drop-column') this.#drops.add(field.id);
    }
  }

  fields(current: readonly SchemaField[], planned: readonly Field[], path: string): SchemaField[] | string {
    const result: SchemaField[] = [];
    for (const field of current) {
      const name = path + field.name;
      const wanted = planned.find(({ id }) => id === field.id);
      if (wanted) {
        const merged = this.#field(field, wanted, name);
        if (typeof merged === 'string') return merged;
        result.push(merged);
      } else if (this.#drops.has(field.id)) {
        const needed = idsOf(field).find((id) => this.#undroppable.has(id));
        if (needed !== undefined) return `the column "${name}" is needed since: rows are partitioned, sorted or identified by it`;
      } else if (field.required) return `the table has a new column "${name}" that must not be null`;
      else result.push(field);
    }
    for (const wanted of planned) {
      if (current.some((field) => field.id === wanted.id)) continue;
      const ids = idsOf(schemaFieldsOf([wanted])[0] as SchemaField);
      if (ids.some((id) => id <= this.#lastId))
        return `the column "${path}${wanted.name}" with id ${wanted.id} is gone or was never added`;
      this.added.push(...ids);
      result.push(...schemaFieldsOf([wanted]));
    }
    const names = new Map<string, SchemaField>();
    for (const field of result) {
      const other = names.get(field.name.toLowerCase());
      if (other) return `another writer added a column "${path}${other.name}"`;
      names.set(field.name.toLowerCase(), field);
    }
    return result;
  }

  #field(current: SchemaField, planned: Field, path: string): SchemaField | string {
    if (current.name !== planned.name && this.#renames.get(current.id) !== current.name)
      return `the column "${planned.name}" is called "${path}" now`;
    const type = this.#type(current.type, planned.type, path);
    if (type === null) return `the type of the column "${path}" has changed`;
    if (typeof type === 'object' && 'why' in type) return type.why;
    return { ...current, name: planned.name, type, required: current.required && planned.required };
  }

  /** `null`: the types do not fit. */
  #type(current: IcebergType, planned: ColumnType, path: string): IcebergType | { why: string } | null {
    if (typeof current === 'string') {
      if (planned.kind === 'struct' || planned.kind === 'list' || planned.kind === 'map') return null;
      const text = icebergTypeOf(planned);
      const present = parsePrimitive(current);
      if (icebergTypeOf(present) === text) return current;
      return isLegalWidening(present, planned) ? text : null;
    }
    if (current.type === 'struct' && planned.kind === 'struct') {
      const fields = this.fields(current.fields, planned.fields, `${path}.`);
      return typeof fields === 'string' ? { why: fields } : { ...current, fields };
    }
    if (current.type === 'list' && planned.kind === 'list') {
      const { element } = planned;
      if (current['element-id'] !== element.id) return null;
      const type = this.#type(current.element, element.type, `${path}.element`);
      if (type === null || (typeof type === 'object' && 'why' in type)) return type;
      return { ...current, element: type, 'element-required': current['element-required'] && element.required };
    }
    if (current.type === 'map' && planned.kind === 'map') {
      const { key, value } = planned;
      if (current['key-id'] !== key.id || current['value-id'] !== value.id) return null;
      if (!sameTypeAndIds(columnTypeOf(current.key), key.type)) return null;
      const type = this.#type(current.value, value.type, `${path}.value`);
      if (type === null || (typeof type === 'object' && 'why' in type)) return type;
      return { ...current, value: type, 'value-required': current['value-required'] && value.required };
    }
    return null;
  }
}

/** Ids of a field and of all that is inside it. */
function idsOf(field: SchemaField): number[] {
  return [field.id, ...idsInside(field.type)];
}

function idsInside(type: IcebergType): number[] {
  if (typeof type === 'string') return [];
  switch (type.type) {
    case 'struct':
      return type.fields.flatMap(idsOf);
    case 'list':
      return [type['element-id'], ...idsInside(type.element)];
    case 'map':
      return [type['key-id'], type['value-id'], ...idsInside(type.key), ...idsInside(type.value)];
  }
}

function evolution(metadata: TableMetadata, body: IcebergSchema, lastColumnId: number): SchemaEvolution {
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
