import type { ConvertedType, FieldRepetitionType, LogicalType, ParquetType, SchemaElement } from 'hyparquet';
import { CompactThrift } from './compact-thrift.ts';
import type { ChunkStatistics, ColumnChunk, FileMetadata, RowGroup } from './file-metadata.ts';
import { CODEC_CODES } from './file-metadata.ts';
import type { GrowingBytes } from './growing-bytes.ts';

const TYPES: readonly ParquetType[] = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
];
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

/**
 * Appends the footer: metadata, its length, and the magic bytes that end a file. Of the annotations of types it knows those that
 * tables have.
 *
 * @see https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
export function writeFooter(out: GrowingBytes, { schema, codec, createdBy, rowGroups }: FileMetadata): void {
  const start = out.length;
  const thrift = new CompactThrift(out);
  thrift.int32(1, VERSION);
  thrift.structList(2, schema, schemaElement);
  thrift.int64(
    3,
    rowGroups.reduce((sum, { rows }) => sum + rows, 0),
  );
  thrift.structList(4, rowGroups, (_, group) => rowGroup(thrift, group, CODEC_CODES[codec]));
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
  if (type !== undefined) thrift.int32(1, TYPES.indexOf(type));
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

function rowGroup(thrift: CompactThrift, { rows, chunks }: RowGroup, codec: number): void {
  thrift.structList(1, chunks, (_, chunk) => columnChunk(thrift, chunk, codec));
  thrift.int64(
    2,
    chunks.reduce((sum, { uncompressedBytes }) => sum + uncompressedBytes, 0),
  );
  thrift.int64(3, rows);
  thrift.int64(5, chunks[0]?.offset ?? 0);
  thrift.int64(
    6,
    chunks.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0),
  );
}

function columnChunk(thrift: CompactThrift, chunk: ColumnChunk, codec: number): void {
  thrift.int64(2, chunk.offset);
  thrift.struct(3, () => {
    thrift.int32(1, TYPES.indexOf(chunk.type));
    thrift.int32List(2, chunk.encodings);
    thrift.textList(3, chunk.path);
    thrift.int32(4, codec);
    thrift.int64(5, chunk.values);
    thrift.int64(6, chunk.uncompressedBytes);
    thrift.int64(7, chunk.compressedBytes);
    thrift.int64(9, chunk.dataPageOffset);
    if (chunk.hasDictionary) thrift.int64(11, chunk.offset);
    thrift.struct(12, () => statistics(thrift, chunk.statistics));
    thrift.structList(13, chunk.pages, (_, { page, encoding, count }) => {
      thrift.int32(1, page);
      thrift.int32(2, encoding);
      thrift.int32(3, count);
    });
  });
}

function statistics(thrift: CompactThrift, { nullCount, nanCount, min, max, isMinCut, isMaxCut }: ChunkStatistics): void {
  thrift.int64(3, nullCount);
  if (max !== undefined) thrift.binary(5, max);
  if (min !== undefined) thrift.binary(6, min);
  if (max !== undefined && isMaxCut) thrift.boolean(7, false);
  if (min !== undefined && isMinCut) thrift.boolean(8, false);
  if (nanCount !== undefined) thrift.int64(9, nanCount);
}
