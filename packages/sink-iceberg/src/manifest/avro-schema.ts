/**
 * An Avro schema with Iceberg's additions (`field-id`, `element-id`, `adjust-to-utc`, …). A text is a primitive or the name of a
 * type that was defined earlier in the same schema.
 *
 * @see https://avro.apache.org/docs/1.12.0/specification/ and https://iceberg.apache.org/spec/#avro
 */
export type AvroSchema =
  | string
  | readonly AvroSchema[]
  | AvroRecord
  | { type: 'array'; items: AvroSchema; logicalType?: 'map'; 'element-id'?: number }
  | { type: 'map'; values: AvroSchema }
  | { type: 'fixed'; name: string; size: number; logicalType?: string; precision?: number; scale?: number }
  | { type: 'enum'; name: string; symbols: readonly string[] }
  | { type: string; logicalType?: string; 'adjust-to-utc'?: boolean };

/** An Avro record type. */
export interface AvroRecord {
  type: 'record';
  name: string;
  fields: readonly AvroField[];
}

/** A field of a record. Iceberg knows it by its id. */
export interface AvroField {
  name: string;
  type: AvroSchema;
  'field-id'?: number;
  default?: null;
  doc?: string;
  'iceberg-field-name'?: string;
}

/**
 * A value in the form in which it is written and read: int as number, long as bigint, bytes and fixed as `Uint8Array`, a record
 * as an object whose keys are the FIELD IDS. A missing or `undefined` member is null.
 */
export type Datum = null | boolean | number | bigint | string | Uint8Array | readonly Datum[] | DatumRecord;

/** A record by field id. */
export interface DatumRecord {
  readonly [fieldId: number]: Datum | undefined;
}
