import { describe, expect, it } from 'vitest';
import type { PrimitiveColumnType } from './primitive-type.ts';
import { parsePrimitive, primitiveText } from './primitive-type.ts';

const types: [string, PrimitiveColumnType][] = [
  ['boolean', { kind: 'boolean' }],
  ['int', { kind: 'int32' }],
  ['long', { kind: 'int64' }],
  ['float', { kind: 'float32' }],
  ['double', { kind: 'float64' }],
  ['decimal(38, 10)', { kind: 'decimal', precision: 38, scale: 10 }],
  ['date', { kind: 'date' }],
  ['time', { kind: 'time' }],
  ['timestamp', { kind: 'timestamp', unit: 'micros', zone: 'none' }],
  ['timestamptz', { kind: 'timestamp', unit: 'micros', zone: 'utc' }],
  ['timestamp_ns', { kind: 'timestamp', unit: 'nanos', zone: 'none' }],
  ['timestamptz_ns', { kind: 'timestamp', unit: 'nanos', zone: 'utc' }],
  ['string', { kind: 'string' }],
  ['uuid', { kind: 'uuid' }],
  ['fixed[16]', { kind: 'fixed', bytes: 16 }],
  ['binary', { kind: 'binary' }],
  ['unknown', { kind: 'unknown' }],
];

describe('primitive types', () => {
  it.each(types)('%s is written and read', (text, type) => {
    expect(primitiveText(type)).toBe(text);
    expect(parsePrimitive(text)).toEqual(type);
  });

  it('are read with any spacing', () => {
    expect(parsePrimitive('decimal( 9,2 )')).toEqual({ kind: 'decimal', precision: 9, scale: 2 });
    expect(parsePrimitive('fixed[ 3 ]')).toEqual({ kind: 'fixed', bytes: 3 });
  });

  it.each(['variant', 'geometry(srid:4326)', 'Long', 'constructor', ''])('refuse "%s"', (text) => {
    expect(() => parsePrimitive(text)).toThrow(expect.objectContaining({ code: 'ICEBERG_TYPE_UNSUPPORTED' }));
  });
});
