import type { ColumnType } from '@calve/core/plugin';
import { CalveError, typeText } from '@calve/core/plugin';
import type { PartitionValue } from '../datafile/data-file.ts';
import { toHex } from './hex.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * One value of a column as a partition tuple holds it.
 *
 * @param bytes The value as columns store it: little endian, one byte for a boolean, UTF-8 for a string.
 * @throws {CalveError} `INTERNAL`: values of nested types are no partition values.
 */
export function partitionValueOf(type: ColumnType, bytes: Uint8Array): PartitionValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type.kind) {
    case 'boolean':
      return bytes[0] !== 0;
    case 'int32':
    case 'date':
      return view.getInt32(0, true);
    case 'int64':
    case 'time':
    case 'timestamp':
      return view.getBigInt64(0, true).toString();
    case 'decimal':
      return storedDecimal(view).toString();
    case 'float32':
      return numberOrText(view.getFloat32(0, true));
    case 'float64':
      return numberOrText(view.getFloat64(0, true));
    case 'string':
      return decoder.decode(bytes);
    case 'uuid':
    case 'fixed':
    case 'binary':
      return toHex(bytes);
    default:
      throw new CalveError('INTERNAL', `A value of type ${typeText(type)} cannot be part of a partition tuple.`);
  }
}

/** The unscaled value of a decimal as columns store it: two's complement, little endian, 8 or 16 bytes. */
export function storedDecimal(view: DataView, at = 0, width = view.byteLength): bigint {
  if (width === 8) return view.getBigInt64(at, true);
  return (view.getBigInt64(at + 8, true) << 64n) | view.getBigUint64(at, true);
}

function numberOrText(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
