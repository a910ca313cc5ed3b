import { CalveError } from '@calve/core/plugin';
import type { IcebergSchema, IcebergType } from './iceberg-schema.ts';
import type { PartitionField } from './partition-spec.ts';
import type { PrimitiveColumnType } from './primitive-type.ts';
import { parsePrimitive } from './primitive-type.ts';
import { parseTransform } from './transform.ts';

/**
 * Type of the values that a transform gives: that of the partition field.
 *
 * @param transform As in a partition spec: `identity`, `day`, `bucket[16]`, `truncate[10]`, …
 * @throws {CalveError} `ICEBERG_TRANSFORM_UNSUPPORTED`: a transform that we do not know. Such a table cannot be written.
 * @see https://iceberg.apache.org/spec/#partition-transforms
 */
function partitionResultType(transform: string, source: PrimitiveColumnType): PrimitiveColumnType {
  switch (parseTransform(transform).kind) {
    case 'identity':
    case 'truncate':
    case 'void':
      return source;
    case 'day':
      return { kind: 'date' };
    case 'bucket':
    case 'year':
    case 'month':
    case 'hour':
      return { kind: 'int32' };
  }
}

/**
 * Type of the values of one field of a partition spec.
 *
 * @throws {CalveError} `ICEBERG_TRANSFORM_UNSUPPORTED`; `ICEBERG_METADATA_INVALID`: its source is not a column of the schema.
 */
export function partitionFieldType(field: PartitionField, schema: IcebergSchema): PrimitiveColumnType {
  const source = findType(schema, field['source-id']);
  if (typeof source === 'string') return partitionResultType(field.transform, parsePrimitive(source));
  // The column of a void field may be gone; its values are all null.
  if (field.transform === 'void') return { kind: 'int32' };
  throw new CalveError(
    'ICEBERG_METADATA_INVALID',
    `The partition field "${field.name}" has column ${field['source-id']} as its source, which is not a simple column.`,
    {
      context: { field: field.name, source: field['source-id'] },
    },
  );
}

function findType(type: IcebergType, id: number): IcebergType | undefined {
  if (typeof type === 'string' || type.type !== 'struct') return undefined;
  for (const field of type.fields) {
    const found = field.id === id ? field.type : findType(field.type, id);
    if (found !== undefined) return found;
  }
  return undefined;
}
