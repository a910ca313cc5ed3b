import { describe, expect, it } from 'vitest';
import type { IcebergSchema, IcebergType } from './iceberg-schema.ts';
import { initialDefaults } from './initial-defaults.ts';

const schema = (type: IcebergType, value: unknown): IcebergSchema => ({
  type: 'struct',
  'schema-id': 0,
  fields: [{ id: 1, name: 'a', type, required: false, 'initial-default': value }],
});

describe('initialDefaults', () => {
  it.each<[string, unknown, unknown]>([
    ['boolean', true, true],
    ['int', 34, 34],
    ['long', 34, 34n],
    ['long', 9_007_199_254_740_993n, 9_007_199_254_740_993n],
    ['float', 1, 1],
    ['double', 1.5, 1.5],
    ['decimal(9, 2)', '14.20', 1420n],
    ['decimal(9, 2)', '-0.5', -50n],
    ['date', '2017-11-16', 17_486],
    ['time', '22:31:08.123456', 81_068_123_456n],
    ['timestamp', '2017-11-16T22:31:08.123456', 1_510_871_468_123_456n],
    ['timestamptz', '1969-12-31T23:59:59.999999+00:00', -1n],
    ['string', 'iceberg', 'iceberg'],
    ['uuid', '00000000-0000-0000-0000-0000000000ff', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255)],
    ['fixed[2]', '00ff', Uint8Array.of(0, 255)],
    ['binary', '000102ff', Uint8Array.of(0, 1, 2, 255)],
  ])('takes a default of type %s: %s', (type, value, expected) => {
    expect(initialDefaults(schema(type, value)).get(1)).toEqual(expected);
  });

  it('finds those of members, of elements too; null is none', () => {
    const member: IcebergType = {
      type: 'struct',
      fields: [{ id: 4, name: 'm', type: 'int', required: true, 'initial-default': 5 }],
    };
    const list: IcebergType = { type: 'list', 'element-id': 3, element: member, 'element-required': false };
    expect([...initialDefaults(schema(list, null))]).toEqual([[4, 5]]);
  });

  it.each<[IcebergType, unknown, string]>([
    ['int', 'x', 'ICEBERG_METADATA_INVALID'],
    ['decimal(9, 2)', '1.234', 'ICEBERG_METADATA_INVALID'],
    ['timestamp', 'yesterday', 'ICEBERG_METADATA_INVALID'],
    ['fixed[2]', '00', 'ICEBERG_METADATA_INVALID'],
    [{ type: 'list', 'element-id': 2, element: 'int', 'element-required': true }, [1], 'ICEBERG_TYPE_UNSUPPORTED'],
  ])('refuses what it cannot give to rows: %s, %s', (type, value, code) => {
    expect(() => initialDefaults(schema(type, value))).toThrow(expect.objectContaining({ code }));
  });
});
