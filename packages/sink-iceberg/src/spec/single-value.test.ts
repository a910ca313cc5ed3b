import type { ColumnType } from '@calve/core/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from './hex.ts';
import type { SingleValue } from './single-value.ts';
import { decodeSingleValue, encodeSingleValue } from './single-value.ts';

const micros: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'none' };
const decimal: ColumnType = { kind: 'decimal', precision: 38, scale: 2 };

describe('single-value encoding', () => {
  // https://iceberg.apache.org/spec/#appendix-d-single-value-serialization
  it.each<[ColumnType, SingleValue, string]>([
    [{ kind: 'boolean' }, true, '01'],
    [{ kind: 'boolean' }, false, '00'],
    [{ kind: 'int32' }, 34, '22000000'],
    [{ kind: 'int64' }, 34n, '2200000000000000'],
    [{ kind: 'date' }, 17_486, '4e440000'],
    [{ kind: 'float32' }, 1, '0000803f'],
    [{ kind: 'float64' }, 1, '000000000000f03f'],
    [{ kind: 'float64' }, -0, '0000000000000080'],
    [micros, 1_510_871_468_000_000n, '00c3262d215e0500'],
    [{ kind: 'time' }, 81_068_000_000n, '008307e012000000'],
    [decimal, 0n, '00'],
    [decimal, 127n, '7f'],
    [decimal, 128n, '0080'],
    [decimal, -128n, '80'],
    [decimal, -129n, 'ff7f'],
    [decimal, 255n, '00ff'],
    [decimal, 1420n, '058c'],
    [{ kind: 'string' }, 'ice', '696365'],
    [{ kind: 'uuid' }, fromHex('f79c3e09677c4bbda4793f349cb785e7'), 'f79c3e09677c4bbda4793f349cb785e7'],
    [{ kind: 'fixed', bytes: 2 }, Uint8Array.of(0, 255), '00ff'],
    [{ kind: 'binary' }, new Uint8Array(0), ''],
  ])('writes %j %s and reads it back', (type, value, hex) => {
    expect(toHex(encodeSingleValue(type, value))).toBe(hex);
    expect(decodeSingleValue(type, fromHex(hex))).toStrictEqual(value);
  });

  it('reads the bounds of a column that was widened later', () => {
    expect(decodeSingleValue({ kind: 'int64' }, fromHex('feffffff'))).toBe(-2n);
    expect(decodeSingleValue({ kind: 'float64' }, fromHex('0000803f'))).toBe(1);
    expect(decodeSingleValue({ kind: 'timestamp', unit: 'nanos', zone: 'none' }, fromHex('01000000'))).toBe(86_400_000_000_000n);
  });

  it('refuses a bound whose length is no value of the type', () => {
    expect(() => decodeSingleValue({ kind: 'int32' }, new Uint8Array(3))).toThrowError(
      expect.objectContaining({ code: 'ICEBERG_METADATA_INVALID' }),
    );
  });

  it('keeps every decimal', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), (value) => {
        const bytes = encodeSingleValue(decimal, value);
        expect(decodeSingleValue(decimal, bytes)).toBe(value);
        // One byte less would be another value.
        expect(bytes.length === 1 || decodeSingleValue(decimal, bytes.slice(1)) !== value).toBe(true);
      }),
    );
  });
});
