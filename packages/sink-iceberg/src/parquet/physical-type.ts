import type { ColumnType } from '@calve/core/plugin';
import type { ParquetType } from 'hyparquet';

/**
 * How the values of a column become bytes of a page: 8 of them a byte; as they lie in memory; only the lower four bytes; the lower
 * bytes in reverse; a length of four bytes before each.
 */
export type PlainForm = 'bits' | 'copy' | 'low-word' | 'big-endian' | 'lengths';

/** How values compare: integers of 4, 8 or 16 bytes, numbers that have NaN, bytes unsigned, booleans. */
export type ValueOrder = 'boolean' | 'int32' | 'int64' | 'int128' | 'float32' | 'float64' | 'bytes';

/** How a column without members is stored. */
export interface PhysicalType {
  type: ParquetType;
  /** Bytes per value in memory; 0: any number. A boolean has one. */
  width: number;
  /** Bytes per value in a page; 0: its length and four more. A boolean has an eighth. */
  storedWidth: number;
  form: PlainForm;
  order: ValueOrder;
}

/**
 * How a type is stored, `null` for types with members and `unknown`.
 *
 * @see https://iceberg.apache.org/spec/#parquet
 */
export function physicalType(type: ColumnType): PhysicalType | null {
  switch (type.kind) {
    case 'boolean':
      return { type: 'BOOLEAN', width: 1, storedWidth: 1 / 8, form: 'bits', order: 'boolean' };
    case 'int32':
    case 'date':
      return { type: 'INT32', width: 4, storedWidth: 4, form: 'copy', order: 'int32' };
    case 'int64':
    case 'time':
    case 'timestamp':
      return { type: 'INT64', width: 8, storedWidth: 8, form: 'copy', order: 'int64' };
    case 'float32':
      return { type: 'FLOAT', width: 4, storedWidth: 4, form: 'copy', order: 'float32' };
    case 'float64':
      return { type: 'DOUBLE', width: 8, storedWidth: 8, form: 'copy', order: 'float64' };
    case 'decimal': {
      const { precision } = type;
      if (precision <= 9) return { type: 'INT32', width: 8, storedWidth: 4, form: 'low-word', order: 'int64' };
      if (precision <= 18) return { type: 'INT64', width: 8, storedWidth: 8, form: 'copy', order: 'int64' };
      const storedWidth = decimalByteLength(precision);
      return { type: 'FIXED_LEN_BYTE_ARRAY', width: 16, storedWidth, form: 'big-endian', order: 'int128' };
    }
    case 'uuid':
      return { type: 'FIXED_LEN_BYTE_ARRAY', width: 16, storedWidth: 16, form: 'copy', order: 'bytes' };
    case 'fixed':
      return { type: 'FIXED_LEN_BYTE_ARRAY', width: type.bytes, storedWidth: type.bytes, form: 'copy', order: 'bytes' };
    case 'string':
    case 'binary':
      return { type: 'BYTE_ARRAY', width: 0, storedWidth: 0, form: 'lengths', order: 'bytes' };
    default:
      return null;
  }
}

/** Bytes of the smallest two's complement integer that holds every decimal of this precision. */
export function decimalByteLength(precision: number): number {
  let bytes = 1;
  while (1n << BigInt(bytes * 8 - 1) < 10n ** BigInt(precision)) bytes += 1;
  return bytes;
}
