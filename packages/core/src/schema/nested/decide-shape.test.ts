import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typeText } from '../../columns/column-type.ts';
import type { Json } from '../../json/json.ts';
import { decideShape } from './decide-shape.ts';
import { shapeOfValues } from './json-shapes.fixture.ts';
import { mergeValueShapes } from './merge-shapes.ts';

const decided = (...values: Json[]) => decideShape(shapeOfValues(values), { isSample: false });
const typeOf = (...values: Json[]): string => {
  const { type } = decided(...values);
  return type === null ? 'nothing' : typeText(type);
};

describe('the type of a nested place', () => {
  it.each<[string, Json[], string]>([
    ['objects are structs, members in order of first appearance', [{ b: 1 }, { a: 'x', b: 2 }], 'struct<b: int64, a: string>'],
    ['arrays are lists', [[1, 2], [], [2.5]], 'list<decimal(18,1)>'],
    ['any depth', [{ a: [{ b: { c: [[true]] } }] }], 'struct<a: list<struct<b: struct<c: list<list<boolean>>>>>>'],
    ['null rules nothing out', [null, { a: null }, { a: 1 }], 'struct<a: int64>'],
    ['a quoted number is text, a quoted date is a date', [{ a: '1', b: '2026-01-05' }], 'struct<a: string, b: date>'],
    ['different kinds are text', [{ a: 1 }, [1]], 'string'],
    [
      'different kinds inside are text there',
      [
        { a: 1, b: 1 },
        { a: { x: 1 }, b: 2 },
      ],
      'struct<a: string, b: int64>',
    ],
    ['an empty text is a text', [{ a: 1 }, { a: '' }], 'struct<a: string>'],
    ['members without values are not created', [{ a: {}, b: [], c: null, d: 1 }], 'struct<d: int64>'],
    ['nothing but empty objects and arrays is nothing', [{}, { a: [] }, null], 'nothing'],
    [
      'names that every object inherits are names like others',
      [{}, { valueOf: 1, constructor: 'x' }],
      'struct<valueOf: int64, constructor: string>',
    ],
    ['names that differ in case only are text', [{ id: 1, ID: 2 }], 'string'],
  ])('%s', (_, values, type) => {
    expect(typeOf(...values)).toBe(type);
  });

  it('is a map when there are more keys than names', () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, key) => [`k${key}`, key]));
    const { type, notes } = decided({ prices: many });
    expect(type && typeText(type)).toBe('struct<prices: map<string, int64>>');
    expect(notes).toEqual([{ path: ['prices'], kind: 'keys' }]);
  });

  it('keeps the value that decided each place, with its path', () => {
    const { leaves } = decided({ a: [{ b: 1 }, { b: 2.5 }] });
    expect(leaves).toMatchObject([{ path: ['a', 'element', 'b'], values: 2 }]);
    expect(leaves[0]?.decision.evidence.at(-1)).toMatchObject({ value: '2.5', at: { unit: 'a' } });
  });

  it('shows both values where kinds are mixed', () => {
    const { notes } = decided({ a: 7 }, { a: [8] });
    expect(notes).toMatchObject([{ kind: 'mixed', path: ['a'], values: [{ value: '7' }, { value: '[8]' }] }]);
  });

  it('is text below fifty levels', () => {
    let value: Json = 1;
    for (let level = 0; level < 60; level += 1) value = { a: value };
    const { type, notes } = decided(value);
    expect(notes).toMatchObject([{ kind: 'too-deep' }]);
    expect(type && typeText(type).match(/struct/g)).toHaveLength(50);
  });

  it('is text where nothing was seen in a sample, since the rest may have values', () => {
    const shape = shapeOfValues([{ a: 1, b: [] }]);
    const { type } = decideShape(shape, { isSample: true });
    expect(type && typeText(type)).toBe('struct<a: int64, b: list<string>>');
  });

  it('does not depend on how values are spread over files, but for the order of members', () => {
    const sorted = (type: string | null): string => [...(type ?? '')].sort().join('');
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 3 })), fc.array(fc.jsonValue({ maxDepth: 3 })), (first, second) => {
        const [a, b] = [first, second].map((values) => shapeOfValues(values as Json[])) as [
          ReturnType<typeof shapeOfValues>,
          ReturnType<typeof shapeOfValues>,
        ];
        const text = (shape: typeof a): string => {
          const { type } = decideShape(shape, { isSample: false });
          return sorted(type && typeText(type));
        };
        const whole = text(shapeOfValues([...first, ...second] as Json[]));
        expect(text(mergeValueShapes(a, b))).toBe(whole);
        expect(text(mergeValueShapes(b, a))).toBe(whole);
      }),
    );
  });
});
