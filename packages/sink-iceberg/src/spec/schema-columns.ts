import type { ColumnType, Field } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { IcebergType, SchemaField, StructType } from './iceberg-schema.ts';
import { parsePrimitive, primitiveText } from './primitive-type.ts';

/** The columns of a struct or schema, with ids, in its order. @throws {CalveError} `ICEBERG_TYPE_UNSUPPORTED`. */
export function columnsOf(schema: StructType): Field[] {
  return schema.fields.map(columnOf);
}

function columnOf(field: SchemaField): Field {
  const { id, name, required, doc } = field;
  return { name, id, type: columnTypeOf(field.type), required, ...(doc === undefined ? {} : { doc }) };
}

/** A type of table metadata as a column type. @throws {CalveError} `ICEBERG_TYPE_UNSUPPORTED`. */
export function columnTypeOf(type: IcebergType): ColumnType {
  if (typeof type === 'string') return parsePrimitive(type);
  switch (type.type) {
    case 'struct':
      return { kind: 'struct', fields: columnsOf(type) };
    case 'list':
      return {
        kind: 'list',
        element: {
          name: 'element',
          id: type['element-id'],
          type: columnTypeOf(type.element),
          required: type['element-required'],
        },
      };
    case 'map':
      return {
        kind: 'map',
        key: { name: 'key', id: type['key-id'], type: columnTypeOf(type.key), required: true },
        value: { name: 'value', id: type['value-id'], type: columnTypeOf(type.value), required: type['value-required'] },
      };
  }
}

/** The same columns as Iceberg schema fields. @throws {CalveError} `INTERNAL`: a field has no id. */
export function schemaFieldsOf(columns: readonly Field[]): SchemaField[] {
  return columns.map(({ name, id, type, required, doc }) => ({
    id: idOf(id, name),
    name,
    required,
    type: icebergTypeOf(type),
    ...(doc === undefined ? {} : { doc }),
  }));
}

/** The same type in the words of Iceberg. @throws {CalveError} `INTERNAL`: a nested field has no id. */
export function icebergTypeOf(type: ColumnType): IcebergType {
  switch (type.kind) {
    case 'struct':
      return { type: 'struct', fields: schemaFieldsOf(type.fields) };
    case 'list':
      return {
        type: 'list',
        'element-id': idOf(type.element.id, 'element'),
        element: icebergTypeOf(type.element.type),
        'element-required': type.element.required,
      };
    case 'map':
      return {
        type: 'map',
        'key-id': idOf(type.key.id, 'key'),
        key: icebergTypeOf(type.key.type),
        'value-id': idOf(type.value.id, 'value'),
        value: icebergTypeOf(type.value.type),
        'value-required': type.value.required,
      };
    default:
      return primitiveText(type);
  }
}

function idOf(id: number | undefined, name: string): number {
  if (id === undefined) throw new CalveError('INTERNAL', `The field "${name}" has no id in the table.`);
  return id;
}

/** True when both types agree in every part, ids of nested fields included. */
export function sameTypeAndIds(a: ColumnType, b: ColumnType): boolean {
  return JSON.stringify(icebergTypeOf(withoutDocs(a))) === JSON.stringify(icebergTypeOf(withoutDocs(b)));
}

function withoutDocs(type: ColumnType): ColumnType {
  const bare = ({ doc: _doc, ...field }: Field): Field => ({ ...field, type: withoutDocs(field.type) });
  switch (type.kind) {
    case 'struct':
      return { kind: 'struct', fields: type.fields.map(bare) };
    case 'list':
      return { kind: 'list', element: bare(type.element) };
    case 'map':
      return { kind: 'map', key: bare(type.key), value: bare(type.value) };
    default:
      return type;
  }
}
