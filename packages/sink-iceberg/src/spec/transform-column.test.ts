import type { ColumnData, ColumnType } from '@calve/core/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PartitionValue } from '../datafile/data-file.ts';
import type { TestValue } from '../datafile/testing/column-of-values.ts';
import { columnOfValues } from '../datafile/testing/column-of-values.ts';
import { fromHex } from './hex.ts';
import { parseTransform } from './transform.ts';
import { transformColumn } from './transform-column.ts';

const timestamp: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'none' };
const nanos: ColumnType = { kind: 'timestamp', unit: 'nanos', zone: 'utc' };
const decimal: ColumnType = { kind: 'decimal', precision: 9, scale: 2 };
const wide: ColumnType = { kind: 'decimal', precision: 38, scale: 2 };

function transformed(transform: string, type: ColumnType, values: readonly TestValue[]): PartitionValue[] {
  return decoded(transform, type, columnOfValues(type, values), values.length);
}

function decoded(transform: string, type: ColumnType, column: ColumnData, rows: number): PartitionValue[] {
  const { codes, values } = transformColumn(parseTransform(transform), type, column, rows);
  return Array.from(codes, (code) => values[code]!);
}

const evening = 1_510_871_468_000_000n;

describe('transformColumn', () => {
  // The vectors of https://iceberg.apache.org/spec/#partition-transforms and of its appendix B.
  it.each<[string, ColumnType, TestValue, PartitionValue]>([
    ['bucket[16]', { kind: 'int32' }, 34, 3],
    ['bucket[16]', { kind: 'int64' }, 34n, 3],
    ['bucket[16]', decimal, 1420n, 3],
    ['bucket[16]', wide, 1420n, 3],
    ['bucket[16]', { kind: 'date' }, 17_486, 10],
    ['bucket[16]', { kind: 'time' }, 81_068_000_000n, 3],
    ['bucket[16]', timestamp, evening, 7],
    ['bucket[16]', timestamp, evening + 1n, 6],
    ['bucket[16]', nanos, evening * 1000n + 1001n, 6],
    ['bucket[16]', { kind: 'string' }, 'iceberg', 9],
    ['bucket[16]', { kind: 'string' }, '34', 9],
    ['bucket[16]', { kind: 'uuid' }, fromHex('f79c3e09677c4bbda4793f349cb785e7'), 12],
    ['bucket[16]', { kind: 'fixed', bytes: 4 }, Uint8Array.of(0, 1, 2, 3), 9],
    ['bucket[16]', { kind: 'binary' }, Uint8Array.of(0, 1, 2, 3), 9],
    ['truncate[10]', { kind: 'int32' }, 1, 0],
    ['truncate[10]', { kind: 'int32' }, -1, -10],
    ['truncate[10]', { kind: 'int64' }, -1n, '-10'],
    ['truncate[50]', decimal, 1065n, '1050'],
    ['truncate[50]', wide, -1065n, '-1100'],
    ['truncate[3]', { kind: 'string' }, 'iceberg', 'ice'],
    ['truncate[3]', { kind: 'string' }, '\u{1f600}é\u{1f600}x', '\u{1f600}é\u{1f600}'],
    ['truncate[3]', { kind: 'binary' }, Uint8Array.of(1, 2, 3, 4, 5), '010203'],
    ['year', timestamp, evening, 47],
    ['month', timestamp, evening, 574],
    ['day', timestamp, evening, 17_486],
    ['hour', timestamp, evening, 419_686],
    ['year', timestamp, -1n, -1],
    ['month', timestamp, -1n, -1],
    ['day', timestamp, -1n, -1],
    ['hour', timestamp, -1n, -1],
    ['hour', nanos, -1n, -1],
    ['day', nanos, evening * 1000n, 17_486],
    ['year', { kind: 'date' }, 17_486, 47],
    ['month', { kind: 'date' }, 17_486, 574],
    ['day', { kind: 'date' }, -1, -1],
    ['identity', { kind: 'boolean' }, true, true],
    ['identity', { kind: 'int64' }, 9_007_199_254_740_993n, '9007199254740993'],
    ['identity', wide, -(10n ** 37n), `-1${'0'.repeat(37)}`],
    ['identity', { kind: 'float64' }, Number.NaN, 'NaN'],
    ['identity', { kind: 'float32' }, Number.NEGATIVE_INFINITY, '-Infinity'],
    ['identity', { kind: 'uuid' }, fromHex('f79c3e09677c4bbda4793f349cb785e7'), 'f79c3e09677c4bbda4793f349cb785e7'],
    ['identity', { kind: 'string' }, '', ''],
    ['void', { kind: 'string' }, 'x', null],
  ])('%s of %j %s is %j', (transform, type, value, expected) => {
    expect(transformed(transform, type, [null, value, value, null])).toStrictEqual(
      transform === 'void' ? [null, null, null, null] : [null, expected, expected, null],
    );
  });

  it('gives equal values one code, whatever the bits of NaN', () => {
    const other = new Uint8Array(Float64Array.of(Number.NaN, Number.NaN, 1).buffer);
    other[0] = 1;
    const column: ColumnData = { layout: 'fixed', width: 8, values: other };
    const { codes, values } = transformColumn({ kind: 'identity' }, { kind: 'float64' }, column, 3);
    expect([...codes]).toEqual([0, 0, 1]);
    expect(values).toEqual(['NaN', 1]);
  });

  it('is exact for every timestamp that 64 bits hold', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const floor = (divisor: bigint): number => Number((value - (((value % divisor) + divisor) % divisor)) / divisor);
        expect(transformed('hour', timestamp, [value])).toEqual([floor(3_600_000_000n)]);
        expect(transformed('day', timestamp, [value])).toEqual([floor(86_400_000_000n)]);
        expect(transformed('hour', nanos, [value])).toEqual([floor(3_600_000_000_000n)]);
      }),
    );
  });

  it('counts months and years as the calendar does', () => {
    const day = fc.integer({ min: -700_000, max: 2_900_000 });
    fc.assert(
      fc.property(day, (days) => {
        const date = new Date(days * 86_400_000);
        const years = date.getUTCFullYear() - 1970;
        expect(transformed('month', { kind: 'date' }, [days])).toEqual([years * 12 + date.getUTCMonth()]);
        expect(transformed('year', { kind: 'date' }, [days])).toEqual([years]);
      }),
    );
  });

  it('reads cells and dictionaries like plain columns', () => {
    const source = new TextEncoder().encode('north,"so""uth",,west');
    const cells: ColumnData = {
      layout: 'cells',
      source,
      starts: Uint32Array.of(0, 7, 16, 17),
      ends: Uint32Array.of(5, 14, 16, 21),
      quoted: Uint8Array.of(0, 2, 0, 0),
      escaping: 'doubled-quote',
      escape: 0x22,
      validity: Uint8Array.of(0b1011),
    };
    const dictionary: ColumnData = {
      layout: 'dictionary',
      indexes: Int32Array.of(3, 1, 0, 1),
      values: cells,
      validity: Uint8Array.of(0b0111),
    };
    expect(decoded('identity', { kind: 'string' }, cells, 4)).toEqual(['north', 'so"uth', null, 'west']);
    expect(decoded('truncate[2]', { kind: 'string' }, dictionary, 4)).toEqual(['we', 'so', 'no', null]);
  });
});

describe('parseTransform', () => {
  it.each(['bucket', 'bucket[0]', 'bucket[99999999999]', 'truncate[-1]', 'zorder', 'Day', ''])('refuses %j', (text) => {
    expect(() => parseTransform(text)).toThrowError(expect.objectContaining({ code: 'ICEBERG_TRANSFORM_UNSUPPORTED' }));
  });
});
