import { CalveError } from '@calve/core/plugin';
import type { PartitionValue } from '../datafile/data-file.ts';
import { decimalByteLength } from '../parquet/physical-type.ts';
import { compareBytes } from '../spec/bounds.ts';
import { fromHex } from '../spec/hex.ts';
import type { PrimitiveColumnType } from '../spec/primitive-type.ts';
import type { SingleValue } from '../spec/single-value.ts';
import type { AvroSchema } from './avro-schema.ts';

const encoder = new TextEncoder();

/**
 * How values of a partition field are written in Avro.
 *
 * @param typeName Unique in its schema; named types (decimal, uuid, fixed) take it.
 */
export function partitionAvroType(type: PrimitiveColumnType, typeName: string): AvroSchema {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'int32':
      return 'int';
    case 'int64':
      return 'long';
    case 'float32':
      return 'float';
    case 'float64':
      return 'double';
    case 'date':
      return { type: 'int', logicalType: 'date' };
    case 'time':
      return { type: 'long', logicalType: 'time-micros' };
    case 'timestamp':
      return {
        type: 'long',
        logicalType: type.unit === 'nanos' ? 'timestamp-nanos' : 'timestamp-micros',
        'adjust-to-utc': type.zone === 'utc',
      };
    case 'string':
      return 'string';
    case 'binary':
      return 'bytes';
    case 'uuid':
      return { type: 'fixed', name: typeName, size: 16, logicalType: 'uuid' };
    case 'fixed':
      return { type: 'fixed', name: typeName, size: type.bytes };
    case 'decimal': {
      const { precision, scale } = type;
      return { type: 'fixed', name: typeName, size: decimalByteLength(precision), logicalType: 'decimal', precision, scale };
    }
    case 'unknown':
      return 'int';
  }
}

/**
 * The value that plain JSON stands for.
 *
 * @throws {CalveError} `INTERNAL`: the JSON does not fit the type.
 */
export function parsePartitionValue(value: PartitionValue, type: PrimitiveColumnType): SingleValue | null {
  if (value === null) return null;
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? value : misfit(value, type);
    case 'int32':
    case 'date':
      return typeof value === 'number' && value === (value | 0) ? value : misfit(value, type);
    case 'float32':
    case 'float64':
      if (typeof value === 'number') return value;
      return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : misfit(value, type);
    case 'int64':
    case 'time':
    case 'timestamp':
    case 'decimal':
      return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : misfit(value, type);
    case 'string':
      return typeof value === 'string' ? value : misfit(value, type);
    case 'uuid':
    case 'fixed':
    case 'binary':
      return typeof value === 'string' && /^([0-9a-f]{2})*$/.test(value) ? fromHex(value) : misfit(value, type);
    case 'unknown':
      return misfit(value, type);
  }
}

/** The same value as it goes into Avro: a decimal becomes the bytes of its fixed type, all else stays. */
export function partitionAvroDatum(value: SingleValue | null, type: PrimitiveColumnType): SingleValue | null {
  if (type.kind !== 'decimal' || typeof value !== 'bigint') return value;
  return twosComplement(value, decimalByteLength(type.precision));
}

/** Order of two values of one type: text by code point, bytes unsigned, -0 before +0. NaN has no place in it. */
export function comparePartitionValues(a: SingleValue, b: SingleValue): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareBytes(encoder.encode(a), encoder.encode(b));
  if (a < b) return -1;
  if (a > b) return 1;
  return a === 0 && b === 0 ? (Object.is(a, b) ? 0 : Object.is(a, -0) ? -1 : 1) : 0;
}

/** Two's complement, big endian. */
function twosComplement(value: bigint, length: number): Uint8Array {
  return fromHex(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, '0'),
  );
}

function misfit(value: PartitionValue, type: PrimitiveColumnType): never {
  throw new CalveError('INTERNAL', `${JSON.stringify(value)} is not a partition value of type ${type.kind}.`);
}
