import { CalveError } from '@calve/core/plugin';
import type { PartitionValue } from '../datafile/data-file.ts';
import type { PrimitiveColumnType } from '../spec/primitive-type.ts';
import type { AvroSchema } from './avro-schema.ts';

/** A partition value in memory: long, decimal, time and timestamp as bigint, uuid, fixed and binary as bytes. */
export type PartitionDatum = boolean | number | bigint | string | Uint8Array;

/** Bytes of the smallest fixed type that holds a decimal of this precision. */
export function decimalBytes(precision: number): number {
  const largest = 10n ** BigInt(precision) - 1n;
  return Math.ceil((largest.toString(2).length + 1) / 8);
}

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
      return { type: 'fixed', name: typeName, size: decimalBytes(precision), logicalType: 'decimal', precision, scale };
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
export function parsePartitionValue(value: PartitionValue, type: PrimitiveColumnType): PartitionDatum | null {
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
      return typeof value === 'string' && /^([0-9a-f]{2})*$/.test(value) ? Buffer.from(value, 'hex') : misfit(value, type);
    case 'unknown':
      return misfit(value, type);
  }
}

/** The same value as it goes into Avro: a decimal becomes the bytes of its fixed type, all else stays. */
export function partitionAvroDatum(value: PartitionDatum | null, type: PrimitiveColumnType): PartitionDatum | null {
  if (type.kind !== 'decimal' || typeof value !== 'bigint') return value;
  return twosComplement(value, decimalBytes(type.precision));
}

/**
 * The single-value encoding of a partition value, as bounds in a manifest list hold it.
 *
 * @see https://iceberg.apache.org/spec/#binary-single-value-serialization
 */
export function partitionBound(value: PartitionDatum, type: PrimitiveColumnType): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 1 : 0);
  if (type.kind === 'decimal') return twosComplement(BigInt(value), minimalBytes(BigInt(value)));
  const bytes = new DataView(new ArrayBuffer(typeof value === 'bigint' || type.kind === 'float64' ? 8 : 4));
  if (typeof value === 'bigint') bytes.setBigInt64(0, value, true);
  else if (type.kind === 'float64') bytes.setFloat64(0, value, true);
  else if (type.kind === 'float32') bytes.setFloat32(0, value, true);
  else bytes.setInt32(0, value, true);
  return new Uint8Array(bytes.buffer);
}

/** Order of two values of one type: text by code point, bytes unsigned, -0 before +0. NaN has no place in it. */
export function comparePartitionValues(a: PartitionDatum, b: PartitionDatum): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a < b) return -1;
  if (a > b) return 1;
  return a === 0 && b === 0 ? (Object.is(a, b) ? 0 : Object.is(a, -0) ? -1 : 1) : 0;
}

function minimalBytes(value: bigint): number {
  let bytes = 1;
  while (BigInt.asIntN(bytes * 8, value) !== value) bytes += 1;
  return bytes;
}

function twosComplement(value: bigint, length: number): Uint8Array {
  const digits = BigInt.asUintN(length * 8, value)
    .toString(16)
    .padStart(length * 2, '0');
  return Buffer.from(digits, 'hex');
}

function misfit(value: PartitionValue, type: PrimitiveColumnType): never {
  throw new CalveError('INTERNAL', `${JSON.stringify(value)} is not a partition value of type ${type.kind}.`);
}
