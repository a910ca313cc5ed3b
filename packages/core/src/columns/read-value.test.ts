import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysFromCivil } from './calendar.ts';
import { BitmapBuilder, FixedBuilder, fixedFromBits, OffsetsBuilder } from './column-builder.ts';
import type { ColumnData } from './column-data.ts';
import type { ColumnType } from './column-type.ts';
import { nullColumn } from './null-column.ts';
import { readValue } from './read-value.ts';

function fixed(width: number, fill: (builder: FixedBuilder) => void): ColumnData {
  const builder = new FixedBuilder(width);
  fill(builder);
  return builder.finish();
}

function texts(...values: (string | null)[]): ColumnData {
  const builder = new OffsetsBuilder();
  for (const value of values) value === null ? builder.appendNull() : builder.appendText(value);
  return builder.finish();
}

function all(column: ColumnData, type: ColumnType, rows: number): unknown[] {
  return Array.from({ length: rows }, (_, row) => readValue(column, type, row));
}

describe('readValue', () => {
  it('gives integers of 64 bits as digits and of 32 bits as numbers', () => {
    const long = fixed(8, (builder) => {
      builder.appendInt64(-(2n ** 63n));
      builder.appendNull();
      builder.appendInt64(2n ** 63n - 1n);
    });
    expect(all(long, { kind: 'int64' }, 3)).toEqual(['-9223372036854775808', null, '9223372036854775807']);
    expect(
      all(
        fixed(4, (builder) => builder.appendInt32(-5)),
        { kind: 'int32' },
        1,
      ),
    ).toEqual([-5]);
  });

  it('gives decimals with their whole scale, 8 and 16 bytes wide', () => {
    const short = fixed(8, (builder) => [1250n, -5n, 0n].forEach((value) => void builder.appendInt64(value)));
    expect(all(short, { kind: 'decimal', precision: 10, scale: 2 }, 3)).toEqual(['12.50', '-0.05', '0.00']);
    const most = 10n ** 38n - 1n;
    const long = fixed(16, (builder) => [most, -most, -1n].forEach((value) => void builder.appendInt128(value)));
    expect(all(long, { kind: 'decimal', precision: 38, scale: 0 }, 3)).toEqual([`${most}`, `-${most}`, '-1']);
    expect(readValue(long, { kind: 'decimal', precision: 38, scale: 38 }, 2)).toBe(`-0.${'1'.padStart(38, '0')}`);
  });

  it('gives floating point as numbers, special values as text', () => {
    const values = [1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const doubles = fixed(8, (builder) => values.forEach((value) => void builder.appendFloat64(value)));
    const floats = fixed(4, (builder) => values.forEach((value) => void builder.appendFloat32(value)));
    const expected = [1.5, 0, 'NaN', 'Infinity', '-Infinity'];
    expect(all(doubles, { kind: 'float64' }, 5)).toEqual(expected);
    expect(all(floats, { kind: 'float32' }, 5)).toEqual(expected);
  });

  it('gives dates and timestamps in ISO form, also outside the years 0 to 9999', () => {
    const days = [0, daysFromCivil(2024, 2, 29), daysFromCivil(-1, 12, 31), daysFromCivil(10_000, 1, 1), 2 ** 31 - 1, -(2 ** 31)];
    const dates = fixed(4, (builder) => days.forEach((day) => void builder.appendInt32(day)));
    expect(all(dates, { kind: 'date' }, 6)).toEqual([
      '1970-01-01',
      '2024-02-29',
      '-0001-12-31',
      '+10000-01-01',
      '+5881580-07-11',
      '-5877641-06-23',
    ]);
    const instants = fixed(8, (builder) =>
      [-1n, 0n, 2n ** 63n - 1n, -(2n ** 63n)].forEach((value) => void builder.appendInt64(value)),
    );
    expect(all(instants, { kind: 'timestamp', unit: 'micros', zone: 'utc' }, 4)).toEqual([
      '1969-12-31T23:59:59.999999Z',
      '1970-01-01T00:00:00.000000Z',
      '+294247-01-10T04:00:54.775807Z',
      '-290308-12-21T19:59:05.224192Z',
    ]);
    expect(readValue(instants, { kind: 'timestamp', unit: 'nanos', zone: 'none' }, 0)).toBe('1969-12-31T23:59:59.999999999');
  });

  it('gives dates as the platform does', () => {
    const day = fc.integer({ min: -719_162, max: 2_932_896 });
    fc.assert(
      fc.property(day, (days) => {
        const column = fixed(4, (builder) => builder.appendInt32(days));
        expect(readValue(column, { kind: 'date' }, 0)).toBe(new Date(days * 86_400_000).toISOString().slice(0, 10));
      }),
    );
  });

  it('gives text, bytes and identifiers', () => {
    expect(all(texts('é', '', null, '\uFEFFx'), { kind: 'string' }, 4)).toEqual(['é', '', null, '\uFEFFx']);
    expect(readValue(texts('\u0000é'), { kind: 'binary' }, 0)).toBe('AMOp');
    const id = fixed(16, (builder) => builder.appendBytes(Uint8Array.from({ length: 16 }, (_, index) => index)));
    expect(readValue(id, { kind: 'uuid' }, 0)).toBe('00010203-0405-0607-0809-0a0b0c0d0e0f');
    expect(readValue(id, { kind: 'fixed', bytes: 16 }, 0)).toBe('AAECAwQFBgcICQoLDA0ODw==');
  });

  it('gives nested values, and nulls at every depth', () => {
    const name = { name: 'name', type: { kind: 'string' }, required: false } as const;
    const struct: ColumnData = { layout: 'struct', children: [texts('a', null, 'c')], validity: Uint8Array.of(0b011) };
    expect(all(struct, { kind: 'struct', fields: [name] }, 3)).toEqual([{ name: 'a' }, { name: null }, null]);
    const list: ColumnData = { layout: 'list', offsets: Int32Array.of(0, 2, 2, 3), element: texts('a', null, 'c') };
    expect(all(list, { kind: 'list', element: name }, 3)).toEqual([['a', null], [], ['c']]);
    const pairs: ColumnData = {
      layout: 'list',
      offsets: Int32Array.of(0, 1),
      element: { layout: 'struct', children: [texts('k'), texts('v')] },
    };
    expect(readValue(pairs, { kind: 'map', key: name, value: name }, 0)).toEqual([{ key: 'k', value: 'v' }]);
    const dictionary: ColumnData = { layout: 'dictionary', indexes: Int32Array.of(1, 0), values: texts('a', 'b') };
    expect(all(dictionary, { kind: 'string' }, 2)).toEqual(['b', 'a']);
  });

  it('gives booleans bit by bit', () => {
    const bits = new BitmapBuilder();
    const validity = new BitmapBuilder();
    const values = Array.from({ length: 600 }, (_, row) => (row % 7 === 0 ? null : row % 3 === 0));
    for (const value of values) {
      bits.append(value ?? false);
      validity.append(value !== null);
    }
    expect(all(fixedFromBits(bits, validity), { kind: 'boolean' }, 600)).toEqual(values);
  });

  it('reads null out of a null column of every type', () => {
    const name = { name: 'name', type: { kind: 'string' }, required: false } as const;
    const types: ColumnType[] = [
      { kind: 'boolean' },
      { kind: 'decimal', precision: 20, scale: 1 },
      { kind: 'uuid' },
      { kind: 'binary' },
      { kind: 'unknown' },
      { kind: 'struct', fields: [name] },
      { kind: 'list', element: name },
      { kind: 'map', key: name, value: name },
    ];
    for (const type of types) expect(all(nullColumn(type, 9), type, 9)).toEqual(Array(9).fill(null));
  });
});

describe('column builders', () => {
  it('give back what was appended, however much', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), { maxLength: 400 }), (values) => {
        const column = fixed(8, (builder) =>
          values.forEach((value) => void (value === null ? builder.appendNull() : builder.appendInt64(value))),
        );
        expect(all(column, { kind: 'int64' }, values.length)).toEqual(values.map((value) => value?.toString() ?? null));
      }),
      { numRuns: 30 },
    );
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ unit: 'binary', maxLength: 40 })), { maxLength: 200 }), (values) => {
        expect(all(texts(...values), { kind: 'string' }, values.length)).toEqual(
          values.map((value) => value?.toWellFormed() ?? null),
        );
      }),
      { numRuns: 30 },
    );
  });
});
