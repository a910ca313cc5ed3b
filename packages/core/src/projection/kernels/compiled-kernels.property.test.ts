import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { arena } from '../../columns/arena.ts';
import { ArenaPieces } from '../../columns/arena-pieces.ts';
import type { ColumnData } from '../../columns/column-data.ts';
import { isValid } from '../../columns/column-data.ts';
import type { ColumnType } from '../../columns/column-type.ts';
import { withoutWebAssembly } from '../../columns/web-assembly.ts';
import { projectionKernels } from '../compiled-kernels.ts';
import type { TextParse } from '../projection.ts';
import { cellsBatch, inArena, offsetsBatch } from '../text-batch.fixture.ts';
import { kernelOfType } from './kernel-of-type.ts';
import { longestTextOf, TextCells } from './text-cells.ts';
import { TextTokens } from './text-tokens.ts';

beforeAll(() => projectionKernels.open());

let before = 0;
beforeAll(() => {
  before = arena()!.bytesInUse;
});
afterEach(() => expect(arena()!.bytesInUse).toBe(before));

interface Reading {
  trim?: boolean;
  nulls?: string[];
  parse?: TextParse;
  quotes?: boolean;
}

/** Everything that a kernel says of the texts of a column. */
function outcome(texts: readonly (string | null)[], type: ColumnType, reading: Reading, compiled: boolean) {
  const make = reading.quotes ? cellsBatch : offsetsBatch;
  const batch = compiled ? inArena(make({ c: texts })) : make({ c: texts });
  const pieces = new ArenaPieces();
  const cells = new TextCells();
  cells.beginBatch(pieces);
  cells.load(batch.columns[0], texts.length, {
    trim: reading.trim ?? false,
    nulls: TextTokens.of(reading.nulls ?? []),
    longest: longestTextOf(type),
  });
  expect(cells.compiled.kernels !== null).toBe(compiled);
  const column = kernelOfType(type, reading.parse)!.convert(cells);
  const { nulls, tooLong, bad } = cells;
  const states = [...cells.states.subarray(0, texts.length)];
  const result = { nulls, tooLong, bad, states, values: valuesOf(column, texts.length), validity: [...(column.validity ?? [])] };
  cells.endBatch();
  pieces.giveBack();
  batch.release();
  return result;
}

function valuesOf(column: ColumnData, rows: number): (string | null)[] {
  return Array.from({ length: rows }, (_, row) => {
    if (!isValid(column, row)) return null;
    if (column.layout === 'offsets')
      return Buffer.from(column.bytes.subarray(column.offsets[row]!, column.offsets[row + 1]!)).toString('hex');
    if (column.layout !== 'fixed') throw new TypeError(`no values of ${column.layout}`);
    if (column.width === 0) return String((column.values[row >> 3]! >> (row & 7)) & 1);
    return Buffer.from(column.values.subarray(row * column.width, (row + 1) * column.width)).toString('hex');
  });
}

const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789', '9', '0'), maxLength });
const sign = fc.constantFrom('', '', '', '-', '+');
const part = (max: number, width: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(width, '0'));
const date = fc.tuple(part(9_999, 4), part(13, 2), part(32, 2)).map((parts) => parts.join('-'));
const clock = fc.tuple(part(25, 2), part(60, 2), part(61, 2)).map((parts) => parts.join(':'));
const fraction = fc.oneof(
  fc.constant(''),
  digits(11).map((text) => `.${text}`),
);
const zone = fc.oneof(
  fc.constantFrom('', '', 'Z', 'z', '+', '-00:00', '+18:00', '-18:01', '+1:00', 'Z '),
  fc.tuple(fc.constantFrom('+', '-'), part(19, 2), part(61, 2)).map(([plus, hours, minutes]) => `${plus}${hours}:${minutes}`),
);
const number = fc
  .tuple(sign, digits(20), fc.constantFrom('', '.', '.', '.'), digits(20), fc.constantFrom('', '', '', 'e5', 'E-300', 'e'))
  .map((parts) => parts.join(''));
const word = fc.constantFrom(
  'true',
  'TRUE',
  'False',
  'tRuE',
  'fals',
  'truee',
  '@rue',
  'yes',
  'no',
  'K',
  '\u212a',
  'NaN',
  'Infinity',
);
const anything = fc.string({ unit: fc.constantFrom(...'0123456789+-.:eETZ "\'/@`\u00e9\u20ac\u{1f600}'), maxLength: 24 });
const spoilt = fc
  .tuple(fc.oneof(date, clock, number, word), fc.nat({ max: 30 }), fc.constantFrom('', ' ', 'x', '/', ':', '0', '\u00e9', '\0'))
  .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1));
const cell = fc.oneof(
  date,
  clock,
  fc.tuple(date, fc.constantFrom('T', ' ', 't', '_'), clock, fraction, zone).map((parts) => parts.join('')),
  number,
  digits(20),
  word,
  anything,
  spoilt,
  fc.constant(''),
);
const types: readonly [ColumnType, TextParse?][] = [
  [{ kind: 'int32' }],
  [{ kind: 'int64' }],
  [{ kind: 'float64' }],
  [{ kind: 'float64' }, { special: true }],
  [{ kind: 'float64' }, { special: { '12.5': 'NaN', no: 'Infinity' } }],
  [{ kind: 'float64' }, { decimal: ',', group: '.' }],
  [{ kind: 'boolean' }],
  [{ kind: 'boolean' }, { true: ['yes', 'k'], false: ['No', 'a text that is longer than sixteen'] }],
  [{ kind: 'boolean' }, { true: ['YES', 'true'], false: ['no', 'true'] }],
  [{ kind: 'date' }],
  [{ kind: 'timestamp', unit: 'micros', zone: 'utc' }],
  [{ kind: 'timestamp', unit: 'micros', zone: 'none' }],
  [{ kind: 'timestamp', unit: 'nanos', zone: 'utc' }],
  [{ kind: 'timestamp', unit: 'micros', zone: 'utc' }, { zone: 'Europe/Berlin' }],
  [{ kind: 'string' }],
  [{ kind: 'decimal', precision: 12, scale: 2 }],
  [{ kind: 'decimal', precision: 12, scale: 2 }, { exact: true }],
  [{ kind: 'decimal', precision: 18, scale: 18 }],
  [{ kind: 'decimal', precision: 18, scale: 0 }],
  [{ kind: 'decimal', precision: 38, scale: 10 }],
  [{ kind: 'decimal', precision: 38, scale: 38 }],
  [{ kind: 'decimal', precision: 3, scale: 1 }],
];

describe('compiled kernels and their twins', () => {
  for (const [type, parse = {}] of types) {
    it(`read the same: ${JSON.stringify(type)} ${JSON.stringify(parse)}`, () => {
      const nulls = fc.constantFrom<string[]>([], [''], ['', 'no', 'NaN'], ['a null token of more than sixteen bytes']);
      fc.assert(
        fc.property(
          fc.array(fc.option(cell, { freq: 12 }), { minLength: 1, maxLength: 40 }),
          fc.boolean(),
          fc.boolean(),
          nulls,
          (texts, quotes, trim, nulls) => {
            const reading = { trim, quotes, nulls, parse };
            const plain = withoutWebAssembly(() => outcome(texts, type, reading, false));
            expect(outcome(texts, type, reading, true)).toEqual(plain);
          },
        ),
        { numRuns: 400 },
      );
    });
  }

  it('read the same numbers, to the bit', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    const long = fc
      .tuple(sign, fc.integer({ min: 0, max: 999_999_999 }), digits(18))
      .map(([plus, whole, rest]) => `${plus}${whole}.${rest}`);
    // As many digits as numbers are written with; the last ones decide about rounding.
    const exact = fc
      .tuple(sign, fc.double({ min: 0, max: 999_999_999, noNaN: true }), digits(3))
      .map(([plus, value, rest]) => `${plus}${value}${Number.isInteger(value) || /e/.test(`${value}`) ? '' : rest}`);
    const fixed = double.map((value) => value.toFixed(9));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(long, exact, exact, fixed, double.map(String)), { minLength: 200, maxLength: 400 }),
        (texts) => {
          const plain = withoutWebAssembly(() => outcome(texts, { kind: 'float64' }, {}, false));
          expect(outcome(texts, { kind: 'float64' }, {}, true)).toEqual(plain);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('leave texts that are too long, or do not lie in the source, to the twin', () => {
    const texts = ['1', '9'.repeat(1_001), '\u00e9'.repeat(600), 'x'.repeat(400)];
    for (const type of [{ kind: 'int64' }, { kind: 'string' }] as const) {
      const plain = withoutWebAssembly(() => outcome(texts, type, {}, false));
      expect(outcome(texts, type, {}, true)).toEqual(plain);
    }
  });
});
