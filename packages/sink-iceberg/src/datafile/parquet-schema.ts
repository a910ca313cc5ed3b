import type { ColumnType, Field } from '@calve/core/plugin';
import { CalveError, typeText } from '@calve/core/plugin';
import type { SchemaElement } from 'hyparquet';
import { decimalByteLength } from '../parquet/physical-type.ts';

/** The columns of a table that a data file stores: all but those of type `unknown`. */
export function storedFields(fields: readonly Field[]): Field[] {
  return fields.filter((field) => field.type.kind !== 'unknown');
}

/**
 * The Parquet schema of a data file: depth first, beginning with the root. Every element that is a field of the table carries its id.
 *
 * @param fields The stored columns, with ids, in table order.
 * @throws {CalveError} `INTERNAL`: a field has no id. `CONTRACT_UNSUPPORTED`: a type that cannot be stored.
 * @see https://iceberg.apache.org/spec/#parquet
 */
export function parquetSchemaOf(fields: readonly Field[]): SchemaElement[] {
  return [{ name: 'table', num_children: fields.length }, ...fields.flatMap((field) => elementsOf(field, field.name))];
}

function elementsOf(field: Field, name: string): SchemaElement[] {
  if (field.id === undefined) throw new CalveError('INTERNAL', `The column "${field.name}" has no id in the table.`);
  const head: SchemaElement = { name, field_id: field.id, repetition_type: field.required ? 'REQUIRED' : 'OPTIONAL' };
  const { type } = field;
  switch (type.kind) {
    case 'struct':
      if (type.fields.length === 0) return unsupported(type);
      return [{ ...head, num_children: type.fields.length }, ...type.fields.flatMap((child) => elementsOf(child, child.name))];
    case 'list':
      return [
        { ...head, converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        ...elementsOf(type.element, 'element'),
      ];
    case 'map':
      return [
        { ...head, converted_type: 'MAP', logical_type: { type: 'MAP' }, num_children: 1 },
        { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
        ...elementsOf({ ...type.key, required: true }, 'key'),
        ...elementsOf(type.value, 'value'),
      ];
    default:
      return [{ ...head, ...leafOf(type) }];
  }
}

function leafOf(type: ColumnType): Omit<SchemaElement, 'name'> {
  switch (type.kind) {
    case 'boolean':
      return { type: 'BOOLEAN' };
    case 'int32':
      return { type: 'INT32' };
    case 'int64':
      return { type: 'INT64' };
    case 'float32':
      return { type: 'FLOAT' };
    case 'float64':
      return { type: 'DOUBLE' };
    case 'date':
      return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } };
    case 'time':
      return { type: 'INT64', logical_type: { type: 'TIME', isAdjustedToUTC: false, unit: 'MICROS' } };
    case 'timestamp': {
      const utc = type.zone === 'utc';
      const unit = type.unit === 'nanos' ? 'NANOS' : 'MICROS';
      // The old annotation means UTC, so only a timestamp in UTC may carry it.
      const converted = utc && unit === 'MICROS' ? { converted_type: 'TIMESTAMP_MICROS' as const } : {};
      return { type: 'INT64', ...converted, logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: utc, unit } };
    }
    case 'decimal': {
      const { precision, scale } = type;
      const annotation = {
        converted_type: 'DECIMAL',
        precision,
        scale,
        logical_type: { type: 'DECIMAL', precision, scale },
      } as const;
      if (precision <= 9) return { type: 'INT32', ...annotation };
      if (precision <= 18) return { type: 'INT64', ...annotation };
      return { type: 'FIXED_LEN_BYTE_ARRAY', type_length: decimalByteLength(precision), ...annotation };
    }
    case 'string':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
    case 'binary':
      return { type: 'BYTE_ARRAY' };
    case 'uuid':
      return { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } };
    case 'fixed':
      if (type.bytes < 1) return unsupported(type);
      return { type: 'FIXED_LEN_BYTE_ARRAY', type_length: type.bytes };
    default:
      return unsupported(type);
  }
}

function unsupported(type: ColumnType): never {
  throw new CalveError('CONTRACT_UNSUPPORTED', `Columns of type ${typeText(type)} cannot be stored in a Parquet file.`, {
    recovery: 'fix-input',
    context: { type: typeText(type) },
  });
}
