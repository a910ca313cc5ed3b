import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ColumnType, typeText } from './column-type.ts';
import { PLAIN_TYPES, parseTypeText } from './parse-type-text.ts';

const leaf: fc.Arbitrary<ColumnType> = fc.oneof(
  fc.constantFrom(...PLAIN_TYPES.values()),
  fc
    .integer({ min: 1, max: 38 })
    .chain((precision) =>
      fc.integer({ min: 0, max: precision }).map((scale): ColumnType => ({ kind: 'decimal', precision, scale })),
    ),
  fc.integer({ min: 1, max: 999_999_999 }).map((bytes): ColumnType => ({ kind: 'fixed', bytes })),
);
const name = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...'ab :,<>="()\n'.split('')) }),
  fc.constantFrom('struct<a', 'list', '__proto__', 'timestamp (UTC)'),
);
const optional = (name: string, type: ColumnType) => ({ name, type, required: false });
const { type } = fc.letrec<{ type: ColumnType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc
      .uniqueArray(name, { minLength: 1, maxLength: 4 })
      .chain((names) =>
        fc
          .tuple(...names.map(() => tie('type')))
          .map(
            (types): ColumnType => ({ kind: 'struct', fields: names.map((name, at) => optional(name, types[at] as ColumnType)) }),
          ),
      ),
    tie('type').map((element): ColumnType => ({ kind: 'list', element: optional('element', element) })),
    fc.tuple(leaf, tie('type')).map(
      ([key, value]): ColumnType => ({
        kind: 'map',
        key: { name: 'key', type: key, required: true },
        value: optional('value', value),
      }),
    ),
  ),
}));

describe('parseTypeText', () => {
  it('reads what typeText writes, whatever members are called', () => {
    fc.assert(
      fc.property(type, (type) => {
        expect(parseTypeText(typeText(type))).toEqual(type);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes spaces where people write them, or none', () => {
    const text = 'struct<a: list<decimal(12,2)>, b: map<string, timestamp (UTC)>>';
    for (const written of [
      'struct<a:list<decimal(12,2)>,b:map<string,timestamp (UTC)>>',
      ' struct < a : list< decimal( 12 , 2 ) > , b: map <string , timestamp (UTC) > > ',
    ])
      expect(typeText(parseTypeText(written))).toBe(text);
  });

  it.each([
    ['', 'a type is missing'],
    ['strng', 'there is no type "strng"; did you mean string?'],
    ['something else', 'the types: boolean, int32'],
    ['list<>', 'a type is missing'],
    ['list<string', '">" is missing at the end of the list'],
    ['list<string>>', '">" is too much'],
    ['map<string>', '"," is missing between key and value of the map'],
    ['map<list<string>, string>', 'the key of a map is no struct, list or map'],
    ['struct<>', 'a struct has members'],
    ['struct<string>', 'a struct has members'],
    ['struct<a: string, >', 'a struct has members'],
    ['struct<"a: string>', 'a struct has members'],
    ['list<decimal(39,2)>', '1 to 38 digits'],
    ['list<decimal>', '1 to 38 digits'],
    ['fixed(0)', 'there is no type "fixed(0)"'],
    ['unknown', 'there is no type "unknown"'],
    [`${'list<'.repeat(5000)}string${'>'.repeat(5000)}`, 'more than 100 types inside each other'],
  ])('refuses %s', (text, words) => {
    expect(() => parseTypeText(text)).toThrow(
      expect.objectContaining({ code: 'SPEC_INVALID', message: expect.stringContaining(words) }),
    );
  });
});
