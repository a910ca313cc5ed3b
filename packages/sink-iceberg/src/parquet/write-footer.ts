import type { ConvertedType, FieldRepetitionType, LogicalType, SchemaElement } from 'hyparquet';
import { CompactThrift } from './compact-thrift.ts';
import type { FooterRowGroups } from './footer-row-groups.ts';
import type { GrowingBytes } from './growing-bytes.ts';
import { physicalTypeCode } from './physical-type-code.ts';

const REPETITIONS: readonly FieldRepetitionType[] = ['REQUIRED', 'OPTIONAL', 'REPEATED'];
const CONVERTED: Partial<Record<ConvertedType, number>> = {
  UTF8: 0,
  MAP: 1,
  LIST: 3,
  DECIMAL: 5,
  DATE: 6,
  TIMESTAMP_MICROS: 10,
};
const VERSION = 2;

/** All that a footer says. */
export interface FileMetadata {
  /** Depth first, beginning with the root. */
  schema: readonly SchemaElement[];
  createdBy: string;
  rowGroups: FooterRowGroups;
}

/**
 * Appends the footer: metadata, its length, and the magic bytes that end a file. Of the annotations of types it knows those that
 * tables have.
 *
 * @see https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
export function writeFooter(out: GrowingBytes, { schema, createdBy, rowGroups }: FileMetadata): void {
  const start = out.length;
  const thrift = new CompactThrift(out);
  thrift.int32(1, VERSION);
  thrift.structList(2, schema, schemaElement);
  thrift.int64(3, rowGroups.rows);
  thrift.writtenStructs(4, rowGroups.count, rowGroups.bytes);
  thrift.binary(6, createdBy);
  // Values are ordered as their type says: without this, statistics of texts count for nothing.
  const leaves = schema.filter(({ type }) => type !== undefined);
  thrift.structList(7, leaves, () => thrift.struct(1, () => {}));
  thrift.end();
  out.uint32(out.length - start);
  writeMagic(out);
}

/** Appends `PAR1`, with which a file begins and ends. */
export function writeMagic(out: GrowingBytes): void {
  out.uint32(0x31524150);
}

function schemaElement(thrift: CompactThrift, element: SchemaElement): void {
  const { type, type_length, repetition_type, name, num_children, converted_type } = element;
  if (type !== undefined) thrift.int32(1, physicalTypeCode(type));
  if (type_length !== undefined) thrift.int32(2, type_length);
  if (repetition_type !== undefined) thrift.int32(3, REPETITIONS.indexOf(repetition_type));
  thrift.binary(4, name);
  if (num_children !== undefined) thrift.int32(5, num_children);
  const converted = converted_type && CONVERTED[converted_type];
  if (converted !== undefined) thrift.int32(6, converted);
  if (element.scale !== undefined) thrift.int32(7, element.scale);
  if (element.precision !== undefined) thrift.int32(8, element.precision);
  if (element.field_id !== undefined) thrift.int32(9, element.field_id);
  const logical = element.logical_type;
  if (logical !== undefined) thrift.struct(10, () => logicalType(thrift, logical));
}

function logicalType(thrift: CompactThrift, logical: LogicalType): void {
  const annotation = (id: number): void => thrift.struct(id, () => {});
  switch (logical.type) {
    case 'STRING':
      annotation(1);
      break;
    case 'MAP':
      annotation(2);
      break;
    case 'LIST':
      annotation(3);
      break;
    case 'DECIMAL':
      thrift.struct(5, () => {
        thrift.int32(1, logical.scale);
        thrift.int32(2, logical.precision);
      });
      break;
    case 'DATE':
      annotation(6);
      break;
    case 'TIME':
    case 'TIMESTAMP':
      thrift.struct(logical.type === 'TIME' ? 7 : 8, () => {
        thrift.boolean(1, logical.isAdjustedToUTC);
        thrift.struct(2, () => annotation(logical.unit === 'NANOS' ? 3 : logical.unit === 'MICROS' ? 2 : 1));
      });
      break;
    case 'UUID':
      annotation(14);
      break;
  }
}
