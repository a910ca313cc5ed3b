/** A type as table metadata writes it: the text of a primitive (`long`, `decimal(12, 2)`, `fixed[16]`), or a nested type. */
export type IcebergType = string | StructType | ListType | MapType;

/** A struct; also the body of a schema. */
export interface StructType {
  type: 'struct';
  fields: SchemaField[];
}

/** A list. Its element has an id of its own. */
export interface ListType {
  type: 'list';
  'element-id': number;
  element: IcebergType;
  'element-required': boolean;
}

/** A map. Key and value have ids of their own; a key is always required. */
export interface MapType {
  type: 'map';
  'key-id': number;
  key: IcebergType;
  'value-id': number;
  value: IcebergType;
  'value-required': boolean;
}

/** A column, or a member of a struct. Members that we do not know (defaults, for instance) are kept as they were read. */
export interface SchemaField {
  id: number;
  name: string;
  type: IcebergType;
  required: boolean;
  doc?: string;
  'initial-default'?: unknown;
  'write-default'?: unknown;
}

/**
 * One schema of a table.
 *
 * @see https://iceberg.apache.org/spec/#schemas
 */
export interface IcebergSchema extends StructType {
  'schema-id': number;
  'identifier-field-ids'?: number[];
}
