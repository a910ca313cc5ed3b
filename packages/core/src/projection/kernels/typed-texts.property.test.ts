import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateText, timestampText } from '../../columns/calendar.ts';
import type { ColumnType } from '../../columns/column-type.ts';
import { readValue } from '../../columns/read-value.ts';
import type { Json } from '../../json/json.ts';
import { createProjector } from '../apply-projection.ts';
import type { TextParse } from '../projection.ts';
import { cellsBatch, provenance } from '../text-batch.fixture.ts';

/** What a column makes of each text: its value, or `bad`. */
function values(texts: readonly string[], type: ColumnType, parse: TextParse = {}, formats: string[] = []): Json[] {
  const target = { name: 'c', type, required: false };
  const { accepted, rejected } = createProjector({
    version: 1,
    rules: [{ target, kind: 'text', source: ['c'], trim: false, nulls: [], formats, parse, onFailure: 'reject-row' }],
    unknownFields: 'ignore',
  }).apply(cellsBatch({ c: texts }), provenance);
  const bad = new Set(rejected.map(({ position }) => position.record! - 1));
  let row = 0;
  return texts.map((_, index) => (bad.has(index) ? 'bad' : readValue(accepted.columns[0]!, type, row++)));
}

const value = (text: string, type: ColumnType, parse?: TextParse, formats?: string[]): Json =>
  values([text], type, parse, formats)[0]!;

const utc: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'utc' };
const nanos: ColumnType = { kind: 'timestamp', unit: 'nanos', zone: 'utc' };
const bytes = fc.uint8Array({ maxLength: 40 });
const pad = (number: number, width = 2): string => String(number).padStart(width, '0');

describe('time', () => {
  it('keeps every microsecond of the day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_399_999_999 }), (micros) => {
        const second = Math.floor(micros / 1e6);
        const clock = [Math.floor(second / 3_600), Math.floor(second / 60) % 60, second % 60].map((part) => pad(part)).join(':');
        expect(value(`${clock}.${pad(micros % 1e6, 6)}`, { kind: 'time' })).toBe(String(micros));
        expect(value(clock, { kind: 'time' })).toBe(String(second * 1e6));
      }),
    );
  });

  it.each([
    ['09:30:00.1234567891', 'bad'],
    ['09:30:00.', 'bad'],
    ['24:00:00', 'bad'],
    ['09:60:00', 'bad'],
    ['09:30:60', 'bad'],
    ['9:30:00', 'bad'],
    ['09:30', 'bad'],
    ['09:30:00Z', 'bad'],
    ['09:30:00.999999999', '34200999999'],
  ])('%s is %s', (text, expected) => {
    expect(value(text, { kind: 'time' })).toBe(expected);
  });

  it('reads patterns', () => {
    const texts = ['12:05 AM', '12:05 pm', '1:05 PM', '13:05 PM', '0:05 AM'];
    expect(values(texts, { kind: 'time' }, {}, ['h:mm a'])).toEqual(['300000000', '43500000000', '47100000000', 'bad', 'bad']);
    expect(values(['23:59', '2359'], { kind: 'time' }, {}, ['HH:mm', 'HHmm'])).toEqual(['86340000000', '86340000000']);
  });
});

describe('uuid', () => {
  it('is itself in small letters', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.boolean(), (uuid, isUpper) => {
        expect(value(isUpper ? uuid.toUpperCase() : uuid, { kind: 'uuid' })).toBe(uuid);
      }),
    );
  });

  it.each([
    '123e4567e89b12d3a456426614174000',
    '{123e4567-e89b-12d3-a456-426614174000}',
    '123e4567-e89b-12d3-a456-42661417400g',
    '123e4567-e89b-12d3-a456_426614174000',
    '123e4567-e89b-12d3-a456-4266141740001',
  ])('%s is none', (text) => {
    expect(value(text, { kind: 'uuid' })).toBe('bad');
  });
});

describe('bytes', () => {
  it('come out of base64 and hex as they went in', () => {
    fc.assert(
      fc.property(bytes, (bytes) => {
        const base64 = Buffer.from(bytes).toString('base64');
        const hex = Buffer.from(bytes).toString('hex');
        // An empty cell is null unless it is quoted, which it is here.
        expect(value(base64, { kind: 'binary' }, { encoding: 'base64' })).toBe(base64);
        expect(value(hex, { kind: 'binary' }, { encoding: 'hex' })).toBe(base64);
        expect(value(hex.toUpperCase(), { kind: 'binary' }, { encoding: 'hex' })).toBe(base64);
        if (bytes.length === 0) return;
        expect(value(hex, { kind: 'fixed', bytes: bytes.length }, { encoding: 'hex' })).toBe(base64);
        expect(value(hex, { kind: 'fixed', bytes: bytes.length + 1 }, { encoding: 'hex' })).toBe('bad');
      }),
    );
  });

  it('are those of the text without an encoding, of any length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const utf8 = Buffer.from(text);
        expect(value(text, { kind: 'binary' })).toBe(utf8.toString('base64'));
        expect(value(text, { kind: 'fixed', bytes: utf8.length })).toBe(utf8.toString('base64'));
      }),
    );
    expect(value('x'.repeat(5_000), { kind: 'binary' })).toBe(Buffer.from('x'.repeat(5_000)).toString('base64'));
  });

  it('of bad cells leave the others alone', () => {
    const texts = ['AQID', 'A===', '!!!!', 'BA==', 'AQ=D', 'AQ'];
    expect(values(texts, { kind: 'binary' }, { encoding: 'base64' })).toEqual(['AQID', 'bad', 'bad', 'BA==', 'bad', 'bad']);
  });
});

describe('moments', () => {
  const anyMicros = fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n });

  it('are what an epoch counts, as far as 64 bits reach', () => {
    const units = [
      ['s', 1_000_000n],
      ['ms', 1_000n],
      ['us', 1n],
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...units),
        fc.oneof(anyMicros, fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n })),
        ([unit, micros], count) => {
          const exact = count * micros;
          const fits = exact > -(2n ** 63n) && exact < 2n ** 63n;
          expect(value(String(count), utc, { unit })).toBe(fits ? timestampText(exact, 'micros', 'utc') : 'bad');
          const fine = exact * 1_000n;
          const isFine = fine > -(2n ** 63n) && fine < 2n ** 63n;
          expect(value(String(count), nanos, { unit })).toBe(isFine ? timestampText(fine, 'nanos', 'utc') : 'bad');
        },
      ),
    );
  });

  it('in nanoseconds are kept as they are, and cut towards the past in microseconds', () => {
    fc.assert(
      fc.property(anyMicros, (count) => {
        expect(value(String(count), nanos, { unit: 'ns' })).toBe(timestampText(count, 'nanos', 'utc'));
        const floor = count / 1_000n - (count % 1_000n < 0n ? 1n : 0n);
        expect(value(String(count), utc, { unit: 'ns' })).toBe(timestampText(floor, 'micros', 'utc'));
        const text = timestampText(count, 'nanos', 'utc');
        expect(value(text, nanos)).toBe(text);
        expect(value(text.slice(0, -1), { ...nanos, zone: 'none' })).toBe(text.slice(0, -1));
      }),
    );
    expect(
      values(['2262-04-11T23:47:16.854775807', '2262-04-11T23:47:16.854775808', '1677-09-21T00:12:43.145224192'], nanos),
    ).toEqual(['2262-04-11T23:47:16.854775807Z', 'bad', '1677-09-21T00:12:43.145224192Z']);
  });
});

describe('patterns', () => {
  const moment = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2099, 11, 31) });
  const months = 'January February March April May June July August September October November December'.split(' ');
  const numeral = (part: (at: Date) => number, width: number) => (at: Date) => pad(part(at), width);
  const hour12 = (at: Date): number => at.getUTCHours() % 12 || 12;
  const dates: Record<string, (at: Date) => string> = {
    yyyy: numeral((at) => at.getUTCFullYear(), 4),
    yy: numeral((at) => at.getUTCFullYear() % 100, 2),
    MM: numeral((at) => at.getUTCMonth() + 1, 2),
    M: numeral((at) => at.getUTCMonth() + 1, 1),
    MMM: (at) => months[at.getUTCMonth()]!.slice(0, 3),
    MMMM: (at) => months[at.getUTCMonth()]!.toUpperCase(),
    dd: numeral((at) => at.getUTCDate(), 2),
    d: numeral((at) => at.getUTCDate(), 1),
  };
  const clock: Record<string, (at: Date) => string> = {
    HH: numeral((at) => at.getUTCHours(), 2),
    H: numeral((at) => at.getUTCHours(), 1),
    mm: numeral((at) => at.getUTCMinutes(), 2),
    m: numeral((at) => at.getUTCMinutes(), 1),
    ss: numeral((at) => at.getUTCSeconds(), 2),
    s: numeral((at) => at.getUTCSeconds(), 1),
    SSS: numeral((at) => at.getUTCMilliseconds(), 3),
    hh: numeral(hour12, 2),
    h: numeral(hour12, 1),
    a: (at) => (at.getUTCHours() < 12 ? 'am' : 'PM'),
  };
  const year = fc.constantFrom('yyyy', 'yy');
  const month = fc.constantFrom('MM', 'M', 'MMM', 'MMMM');
  const day = fc.constantFrom('dd', 'd');
  const order = fc.tuple(year, month, day).chain((parts) => fc.shuffledSubarray(parts, { minLength: 3 }));
  const between = fc.constantFrom('/', '.', '-', ' ', ', ', "'of'", "''", ' ü ', '_');
  const time = fc.constantFrom('', 'HH:mm', 'H:m', 'HH:mm:ss', 'H:m:s.SSS', 'hh:mm:ss a', "h'h' m's' a", '[HH:mm:ss.SSS]');
  const literal = (text: string): string => text.replaceAll("''", '\u0000').replaceAll("'", '').replaceAll('\u0000', "'");

  it('read what was written by them', () => {
    fc.assert(
      fc.property(order, between, time, moment, (parts, between, time, millis) => {
        const at = new Date(millis);
        const written = parts.map((part) => dates[part]!(at)).join(literal(between));
        const clockText = time
          .replace(/[[\]]/g, '')
          .replace(/'[^']*'|SSS|[Hhmsa]+/g, (part) => (part.startsWith("'") ? literal(part) : clock[part]!(at)));
        const pattern = time === '' ? parts.join(between) : `${parts.join(between)} ${time}`;
        const text = time === '' ? written : `${written} ${clockText}`;
        const kept = /S/.test(time) ? 1 : /s+(?!')/.test(time.replace(/'s'/, '')) ? 1_000 : time === '' ? 86_400_000 : 60_000;
        const expected = Math.floor(millis / kept) * kept;
        expect(value(text, { ...utc, zone: 'none' }, {}, [pattern])).toBe(
          timestampText(BigInt(expected) * 1_000n, 'micros', 'none'),
        );
        expect(value(text, { kind: 'date' }, {}, [pattern])).toBe(dateText(Math.floor(millis / 86_400_000)));
        // What follows, or is missing, makes it bad.
        expect(value(`${text}x`, { kind: 'date' }, {}, [pattern])).toBe('bad');
        expect(value(`x${text}`, { kind: 'date' }, {}, [pattern])).toBe('bad');
      }),
      { numRuns: 1_000 },
    );
  });

  it('take every date of the calendar and no other', () => {
    const number = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(number(9_999), number(13), number(32), (year, month, day) => {
        const iso = `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
        expect(value(`${day}.${month}.${pad(year, 4)}`, { kind: 'date' }, {}, ['d.M.yyyy'])).toBe(value(iso, { kind: 'date' }));
      }),
    );
  });

  it('are tried in order', () => {
    const formats = ['dd/MM/yyyy', 'MM/dd/yyyy', 'yyyy[-MM[-dd]]'];
    expect(
      values(['01/02/2024', '01/31/2024', '2024', '2024-05', '2024-05-06', '2024-05-'], { kind: 'date' }, {}, formats),
    ).toEqual(['2024-02-01', '2024-01-31', '2024-01-01', '2024-05-01', '2024-05-06', 'bad']);
  });

  it('forget what a section has read that does not fit as a whole', () => {
    expect(values(['05-2021', '5/6-2021', '6-2021'], { kind: 'date' }, {}, ['[d/]M-yyyy'])).toEqual([
      '2021-05-01',
      '2021-06-05',
      '2021-06-01',
    ]);
    expect(value('06/2021', { kind: 'date' }, {}, ['[MM-]dd/yyyy'])).toBe('2021-01-06');
  });

  it('keep an offset that stands in the text, and else the zone of the column', () => {
    const parse = { zone: 'Europe/Berlin' };
    expect(value('31.03.2024 02:30', utc, parse, ['dd.MM.yyyy HH:mm'])).toBe('2024-03-31T01:30:00.000000Z');
    expect(
      values(['2024-03-31T10:00Z', '2024-03-31T10:00+02:00', '2024-03-31T10:00'], utc, {}, ["yyyy-MM-dd'T'HH:mm[XXX]"]),
    ).toEqual(['2024-03-31T10:00:00.000000Z', '2024-03-31T08:00:00.000000Z', '2024-03-31T10:00:00.000000Z']);
  });
});

describe('written numbers', () => {
  const type: ColumnType = { kind: 'decimal', precision: 20, scale: 2 };
  const german = { decimal: ',', group: '.' };

  it.each([
    ['1.234,50', '1234.50'],
    ['-1.234.567,8', '-1234567.80'],
    ['+12,5', '12.50'],
    ['1234,5', '1234.50'],
    ['1.234', '1234.00'],
    [',5', '0.50'],
    ['5,', '5.00'],
    ['12,5e1', '125.00'],
    ['1.5', 'bad'],
    ['1234.567', 'bad'],
    ['12.34.567', 'bad'],
    ['1..234', 'bad'],
    ['.234', 'bad'],
    ['1.234.', 'bad'],
    ['1,5.5', 'bad'],
    ['1,5,5', 'bad'],
    ['1 234', 'bad'],
    ['-', 'bad'],
    ['', 'bad'],
    ['x', 'bad'],
  ])('%j is %s with a decimal comma and points between groups', (text, expected) => {
    expect(value(text, type, german)).toBe(expected);
  });

  it('may use characters of several bytes, and stand among quoted cells', () => {
    expect(values(['1\u202f234\u066b5', '"', '7', '1\u202f23'], type, { decimal: '\u066b', group: '\u202f' })).toEqual([
      '1234.50',
      'bad',
      '7.00',
      'bad',
    ]);
  });

  it('are whole numbers and floating point too', () => {
    expect(values(['1.234.567', '1.5', '1.234,0'], { kind: 'int64' }, { group: '.' })).toEqual(['1234567', 'bad', 'bad']);
    expect(values(["2'147'483'647", "2'147'483'648"], { kind: 'int32' }, { group: "'" })).toEqual([2147483647, 'bad']);
    const special = { ...german, special: { 'n. def.': 'NaN', '-1': 'Infinity' } as const };
    expect(values(['1.234,5', 'n. def.', '-1', 'NaN'], { kind: 'float64' }, special)).toEqual([1234.5, 'NaN', 'Infinity', 'bad']);
    const filled = { ...german, special: { '-9999': 'NaN', '1234.5': 'NaN' } as const };
    expect(values(['-9999', '-9.999', '1.234,5', '1234.5'], { kind: 'float64' }, filled)).toEqual(['NaN', -9999, 1234.5, 'NaN']);
    expect(values(['1.234,5', 'NaN'], { kind: 'float32' }, { ...german, special: true })).toEqual([1234.5, 'NaN']);
  });
});
