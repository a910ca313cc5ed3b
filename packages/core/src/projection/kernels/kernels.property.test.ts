import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../columns/column-type.ts';
import { readValue } from '../../columns/read-value.ts';
import type { Json } from '../../json/json.ts';
import { singleValue } from '../single-value.ts';

/** The value of one text, or `bad`. Null tokens and trimming are not in play, so a value is never null. */
function value(text: string, type: ColumnType): Json {
  const column = singleValue(text, type);
  return column === null ? 'bad' : readValue(column, type, 0);
}

function bits(text: string, type: ColumnType): string {
  const column = singleValue(text, type);
  return column?.layout === 'fixed' ? Array.from(column.values).join(' ') : 'bad';
}

const sign = fc.constantFrom('', '-', '+');
const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789', '0', '9'), minLength: 1, maxLength });
const exponent = fc.option(fc.tuple(fc.constantFrom('e', 'E'), sign, fc.integer({ min: 0, max: 99 })), { nil: undefined });

describe('integers', () => {
  it('are what BigInt reads, within their range', () => {
    fc.assert(
      fc.property(sign, digits(22), (plus, text) => {
        const exact = BigInt(text) * (plus === '-' ? -1n : 1n);
        const fits = (size: bigint): boolean => text.length <= 19 && exact >= -(2n ** (size - 1n)) && exact < 2n ** (size - 1n);
        expect(value(plus + text, { kind: 'int64' })).toBe(fits(64n) ? exact.toString() : 'bad');
        expect(value(plus + text, { kind: 'int32' })).toBe(fits(32n) ? Number(exact) : 'bad');
      }),
      { numRuns: 2_000 },
    );
  });

  it('keep every int64, also near the ends of the range', () => {
    const edge = fc.bigInt({ min: -20n, max: 20n });
    const anywhere = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(anywhere, edge, (number, offset) => {
        expect(value(`${number}`, { kind: 'int64' })).toBe(`${number}`);
        for (const end of [2n ** 63n, -(2n ** 63n), 2n ** 53n, 2n ** 32n, -(2n ** 32n), 0n]) {
          const near = end + offset;
          expect(value(`${near}`, { kind: 'int64' })).toBe(BigInt.asIntN(64, near) === near ? `${near}` : 'bad');
        }
      }),
    );
  });
});

describe('decimals', () => {
  /** HALF_UP on the exact value, by whole numbers only. */
  function expected(negative: boolean, whole: string, fraction: string, power: number, precision: number, scale: number): string {
    const shift = power - fraction.length + scale;
    const unscaled = BigInt(whole + fraction);
    const divisor = 10n ** BigInt(Math.max(-shift, 0));
    const rounded = shift >= 0 ? unscaled * 10n ** BigInt(shift) : (unscaled * 2n + divisor) / (divisor * 2n);
    if (rounded >= 10n ** BigInt(precision)) return 'bad';
    const text = rounded.toString().padStart(scale + 1, '0');
    const point = scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
    return negative && rounded > 0n ? `-${point}` : point;
  }

  it('are rounded half up like exact arithmetic, for every precision and scale', () => {
    const type = fc
      .integer({ min: 1, max: 38 })
      .chain((precision) => fc.tuple(fc.constant(precision), fc.integer({ min: 0, max: precision })));
    fc.assert(
      fc.property(type, sign, digits(42), digits(42), exponent, ([precision, scale], plus, whole, fraction, power) => {
        const text = `${plus}${whole}.${fraction}${power ? power.join('') : ''}`;
        const ten = power ? (power[1] === '-' ? -power[2] : power[2]) : 0;
        expect(value(text, { kind: 'decimal', precision, scale })).toBe(
          expected(plus === '-', whole, fraction, ten, precision, scale),
        );
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('floating point', () => {
  it('is what Number reads, to the bit', () => {
    const type: ColumnType = { kind: 'float64' };
    const wide = fc
      .tuple(sign, digits(20), digits(20), exponent)
      .map(([plus, whole, fraction, power]) => `${plus}${whole}.${fraction}${power?.join('') ?? ''}`);
    const written = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => `${number}`);
    const short = fc.tuple(fc.integer(), fc.integer({ min: 0, max: 9_999 })).map(([whole, fraction]) => `${whole}.${fraction}`);
    fc.assert(
      fc.property(fc.oneof(wide, written, short), (text) => {
        const number = Number(text);
        const wanted = Number.isFinite(number) ? Array.from(new Uint8Array(Float64Array.of(number).buffer)).join(' ') : 'bad';
        expect(bits(text, type)).toBe(wanted);
        const float = Math.fround(number);
        const rounded = Number.isFinite(float) ? Array.from(new Uint8Array(Float32Array.of(float).buffer)).join(' ') : 'bad';
        expect(bits(text, { kind: 'float32' })).toBe(rounded);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('dates and timestamps', () => {
  const part = (min: number, max: number, width: number) =>
    fc.integer({ min, max }).map((number) => String(number).padStart(width, '0'));

  it('take exactly the dates of the calendar, years 1 to 9999', () => {
    fc.assert(
      fc.property(part(1, 9_999, 4), part(0, 13, 2), part(0, 32, 2), (year, month, day) => {
        const text = `${year}-${month}-${day}`;
        const date = new Date(0);
        date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
        const exists = date.toISOString().slice(0, 10) === text;
        expect(value(text, { kind: 'date' })).toBe(exists ? text : 'bad');
        const column = singleValue(text, { kind: 'date' });
        if (column?.layout === 'fixed') {
          expect(new DataView(column.values.buffer).getInt32(0, true)).toBe(date.getTime() / 86_400_000);
        } else expect(exists).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keep the instant of a timestamp with any offset', () => {
    const instant = fc.date({
      min: new Date('0002-01-01T00:00:00Z'),
      max: new Date('9998-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, part(0, 999_999, 6), fc.integer({ min: -18 * 60, max: 18 * 60 }), (at, fraction, minutes) => {
        const seconds = Math.floor(at.getTime() / 1_000);
        const wall = new Date((seconds + minutes * 60) * 1_000).toISOString().slice(0, 19);
        const size = Math.abs(minutes);
        const pad = (number: number) => String(number).padStart(2, '0');
        const zone = `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
        const type: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'utc' };
        expect(value(`${wall}.${fraction}${zone}`, type)).toBe(
          `${new Date(seconds * 1_000).toISOString().slice(0, 19)}.${fraction}Z`,
        );
        expect(value(`${wall}.${fraction}`, { ...type, zone: 'none' })).toBe(`${wall}.${fraction}`);
        expect(value(`${wall}.${fraction}${zone}`, { ...type, zone: 'none' })).toBe('bad');
      }),
      { numRuns: 1_000 },
    );
  });
});
