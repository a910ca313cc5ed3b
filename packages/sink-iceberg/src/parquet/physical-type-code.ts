import type { ParquetType } from 'hyparquet';

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

/** The number of a physical type in a footer. @see https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift */
export function physicalTypeCode(type: ParquetType): number {
  return TYPES.indexOf(type);
}
