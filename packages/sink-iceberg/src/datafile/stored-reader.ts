import type { ColumnType } from '@calve/core/plugin';
import { CalveError, typeText } from '@calve/core/plugin';
import type { SchemaElement, TimeUnit } from 'hyparquet';
import { fromTwosComplement } from '../spec/single-value.ts';

/** Writes one value that Parquet stores into a column of fixed width, at `at`. */
export type FixedStore = (view: DataView, at: number, value: unknown) => void;

/**
 * How values of a stored column become values of a table column: exactly, widened where the table's type is wider.
 *
 * @param element Of the leaf, with its annotations.
 * @throws {CalveError} `ICEBERG_DATA_FILE_TYPE`: the stored type is not one that Iceberg allows for the column.
 */
export function fixedStore(type: ColumnType, element: SchemaElement): FixedStore {
  const physical = element.type;
  switch (type.kind) {
    case 'int32':
    case 'date':
      if (physical === 'INT32') return (view, at, value) => view.setInt32(at, value as number, true);
      break;
    case 'int64':
      if (physical === 'INT32' || physical === 'INT64') return storeInt64;
      break;
    case 'float32':
      if (physical === 'FLOAT') return (view, at, value) => view.setFloat32(at, value as number, true);
      break;
    case 'float64':
      if (physical === 'FLOAT' || physical === 'DOUBLE') return (view, at, value) => view.setFloat64(at, value as number, true);
      break;
    case 'time':
      if (physical === 'INT32' || physical === 'INT64') return rescaled(timeUnit(element), 'MICROS');
      break;
    case 'timestamp': {
      const wanted = type.unit === 'nanos' ? 'NANOS' : 'MICROS';
      // hyparquet turns these into nanoseconds since 1970 itself.
      if (physical === 'INT96') return rescaled('NANOS', wanted);
      if (physical === 'INT64') return rescaled(timeUnit(element), wanted);
      break;
    }
    case 'decimal': {
      const scale = element.scale ?? (element.logical_type?.type === 'DECIMAL' ? element.logical_type.scale : 0);
      const width = type.precision <= 18 ? 8 : 16;
      if (scale === type.scale && physical !== 'BOOLEAN' && physical !== 'FLOAT' && physical !== 'DOUBLE' && physical !== 'INT96')
        return (view, at, value) => storeDecimal(view, at, value as number | bigint | Uint8Array, width, type);
      break;
    }
    case 'uuid':
      if (isFixed(element, 16)) return storeBytes;
      break;
    case 'fixed':
      if (isFixed(element, type.bytes)) return storeBytes;
      break;
  }
  throw typeMisfit(type, element);
}

/** Whether the bytes of a stored value are those of the column: a page of them is copied as it is. For types that `fixedStore` accepts. */
export function isStoredAsIs(type: ColumnType, element: SchemaElement): boolean {
  switch (type.kind) {
    case 'int32':
    case 'date':
    case 'uuid':
    case 'fixed':
    case 'float32':
      return true;
    case 'int64':
      return element.type === 'INT64';
    case 'float64':
      return element.type === 'DOUBLE';
    case 'time':
      return element.type === 'INT64' && timeUnit(element) === 'MICROS';
    case 'timestamp':
      return element.type === 'INT64' && timeUnit(element) === (type.unit === 'nanos' ? 'NANOS' : 'MICROS');
    case 'decimal':
      return element.type === 'INT64' && type.precision <= 18;
    default:
      return false;
  }
}

/** The error for a column that the file stores in a type which the table's type does not include. */
export function typeMisfit(type: ColumnType, element: SchemaElement): CalveError {
  const annotation = element.logical_type?.type ?? element.converted_type;
  const stored = `${element.type ?? 'group'}${annotation ? ` ${annotation}` : ''}`;
  return new CalveError(
    'ICEBERG_DATA_FILE_TYPE',
    `A data file stores the column "${element.name}" as ${stored}, which cannot be read as ${typeText(type)}.`,
    { recovery: 'fix-input', context: { column: element.name, stored, type: typeText(type) } },
  );
}

function isFixed({ type, type_length }: SchemaElement, bytes: number): boolean {
  return type === 'FIXED_LEN_BYTE_ARRAY' && type_length === bytes;
}

function storeBytes(view: DataView, at: number, value: unknown): void {
  new Uint8Array(view.buffer).set(value as Uint8Array, at);
}

function storeInt64(view: DataView, at: number, value: unknown): void {
  view.setBigInt64(at, BigInt(value as number | bigint), true);
}

function storeDecimal(view: DataView, at: number, value: number | bigint | Uint8Array, width: number, type: ColumnType): void {
  const unscaled = value instanceof Uint8Array ? fromTwosComplement(value) : BigInt(value);
  if (BigInt.asIntN(width * 8, unscaled) !== unscaled)
    throw new CalveError(
      'ICEBERG_DATA_FILE_MALFORMED',
      `A data file holds the unscaled value ${unscaled} in a column of type ${typeText(type)}.`,
      {
        recovery: 'fix-input',
      },
    );
  view.setBigUint64(at, BigInt.asUintN(64, unscaled), true);
  if (width === 16) view.setBigUint64(at + 8, BigInt.asUintN(64, unscaled >> 64n), true);
}

const PER_SECOND: Record<TimeUnit, bigint> = { MILLIS: 1_000n, MICROS: 1_000_000n, NANOS: 1_000_000_000n };

function rescaled(from: TimeUnit, to: TimeUnit): FixedStore {
  if (from === to) return storeInt64;
  const [up, down] = [PER_SECOND[to], PER_SECOND[from]];
  return (view, at, value) => {
    const product = BigInt(value as number | bigint) * up;
    const quotient = product / down;
    view.setBigInt64(at, product < 0n && product % down !== 0n ? quotient - 1n : quotient, true);
  };
}

function timeUnit({ logical_type, converted_type }: SchemaElement): TimeUnit {
  if (logical_type?.type === 'TIMESTAMP' || logical_type?.type === 'TIME') return logical_type.unit;
  return converted_type === 'TIMESTAMP_MILLIS' || converted_type === 'TIME_MILLIS' ? 'MILLIS' : 'MICROS';
}
