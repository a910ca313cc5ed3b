import type { Field } from '@calve/core/plugin';
import { fieldWithId } from '../spec/field-path.ts';
import type { PartitionSpec } from '../spec/partition-spec.ts';
import type { PrimitiveColumnType } from '../spec/primitive-type.ts';
import type { SingleValue } from '../spec/single-value.ts';
import type { DatumRecord } from './avro-schema.ts';
import { partitionValueOfDatum } from './partition-datum.ts';
import { parsePartitionValue } from './partition-value.ts';

/** A partition field that holds values of a column as they are. */
export interface IdentityField {
  fieldId: number;
  /** Of the column. */
  sourceId: number;
  type: PrimitiveColumnType;
}

/** Values that all rows of a file have, by field id of the column. */
export type IdentityValues = ReadonlyMap<number, SingleValue | null>;

/** The identity fields of a partition spec; `undefined` has none. @param fields Columns of the table, with ids; fields of others are left out. */
export function identityFields(spec: PartitionSpec | undefined, fields: readonly Field[]): IdentityField[] {
  return (spec?.fields ?? []).flatMap((field) => {
    const source = field.transform === 'identity' ? fieldWithId(fields, field['source-id']) : null;
    if (source === null) return [];
    return [{ fieldId: field['field-id'], sourceId: field['source-id'], type: source.field.type as PrimitiveColumnType }];
  });
}

/**
 * What a manifest says of the columns of a file. Where Hive tables were migrated it stands nowhere else.
 *
 * @param tuple The partition of the file, by field id. A value that it lacks is not known.
 * @throws {CalveError} `ICEBERG_AVRO_INVALID`: a value has another type than its column.
 */
export function identityValues(tuple: DatumRecord, fields: readonly IdentityField[]): IdentityValues {
  const values = new Map<number, SingleValue | null>();
  for (const { fieldId, sourceId, type } of fields) {
    const datum = tuple[fieldId];
    if (datum === undefined) continue;
    const value = partitionValueOfDatum(datum, type);
    values.set(sourceId, parsePartitionValue(value, type));
  }
  return values;
}
