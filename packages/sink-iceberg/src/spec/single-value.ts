import type { ColumnType } from '@calve/core/plugin';
import { CalveError, typeText } from '@calve/core/plugin';

/**
 * One value outside of a column. By type: boolean; int32, date (days), float32 and float64 a number; int64, time, timestamp and the
 * unscaled value of a decimal a bigint; string a text; uuid (16 bytes big endian), fixed and binary bytes.
 */
export type SingleValue = boolean | number | bigint | string | Uint8Array;

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * A value as bounds in manifests hold it.
 *
 * @throws {CalveError} `INTERNAL`: the value does not fit the type.
 * @see https://iceberg.apache.org/spec/#binary-single-value-serialization
 */
export function encodeSingleValue(type: ColumnType, value: SingleValue): Uint8Array {
  switch (type.kind) {
    case 'boolean':
      if (typeof value === 'boolean') return Uint8Array.of(value ? 1 : 0);
      break;
    case 'int32':
    case 'date':
      if (typeof value === 'number') return little(4, (view) => view.setInt32(0, value, true));
      break;
    case 'float32':
      if (typeof value === 'number') return little(4, (view) => view.setFloat32(0, value, true));
      break;
    case 'float64':
      if (typeof value === 'number') return little(8, (view) => view.setFloat64(0, value, true));
      break;
    case 'int64':
    case 'time':
    case 'timestamp':
      if (typeof value === 'bigint') return little(8, (view) => view.setBigInt64(0, value, true));
      break;
    case 'decimal':
      if (typeof value === 'bigint') return minimalTwosComplement(value);
      break;
    case 'string':
      if (typeof value === 'string') return textEncoder.encode(value);
      break;
    case 'uuid':
    case 'fixed':
    case 'binary':
      if (value instanceof Uint8Array) return value.slice();
      break;
  }
  throw new CalveError('INTERNAL', `A ${typeof value} is no value of type ${typeText(type)}.`);
}

/**
 * The value that `encodeSingleValue` wrote. Bounds carry no type and outlive a widening of the column: 4 bytes of an int64 column are
 * an int32, 4 bytes of a float64 column a float32, 4 bytes of a nanosecond column days.
 *
 * @throws {CalveError} `ICEBERG_METADATA_INVALID`: the length fits no such value.
 */
export function decodeSingleValue(type: ColumnType, bytes: Uint8Array): SingleValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.byteLength;
  switch (type.kind) {
    case 'boolean':
      if (size === 1) return bytes[0] !== 0;
      break;
    case 'int32':
    case 'date':
      if (size === 4) return view.getInt32(0, true);
      break;
    case 'float32':
      if (size === 4) return view.getFloat32(0, true);
      break;
    case 'float64':
      if (size === 8) return view.getFloat64(0, true);
      if (size === 4) return view.getFloat32(0, true);
      break;
    case 'int64':
    case 'time':
    case 'timestamp':
      if (size === 8) return view.getBigInt64(0, true);
      if (size === 4 && type.kind === 'int64') return BigInt(view.getInt32(0, true));
      if (size === 4 && type.kind === 'timestamp')
        return BigInt(view.getInt32(0, true)) * (type.unit === 'nanos' ? 86_400_000_000_000n : 86_400_000_000n);
      break;
    case 'decimal':
      if (size > 0) return fromTwosComplement(bytes);
      break;
    case 'string':
      return textDecoder.decode(bytes);
    case 'uuid':
    case 'fixed':
    case 'binary':
      return bytes.slice();
  }
  throw new CalveError('ICEBERG_METADATA_INVALID', `A bound of ${size} bytes is no value of type ${typeText(type)}.`, {
    context: { type: typeText(type), bytes: size },
  });
}

/** The fewest bytes that hold a value in two's complement, big endian; at least one. */
export function minimalTwosComplement(value: bigint): Uint8Array<ArrayBuffer> {
  let length = 1;
  while (BigInt.asIntN(length * 8, value) !== value) length += 1;
  const bytes = new Uint8Array(length);
  for (let at = length - 1, rest = value; at >= 0; at--, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}

/** The value of bytes in two's complement, big endian; 0 for no bytes. */
export function fromTwosComplement(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(bytes.length * 8, value);
}

function little(size: 4 | 8, write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(size));
  write(view);
  return new Uint8Array(view.buffer);
}
