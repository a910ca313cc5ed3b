import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

describe('canonicalJson', () => {
  it.each<[string, unknown, string]>([
    ['sorts keys by code unit at every depth', { b: 1, a: { d: 2, c: 3 }, B: 0 }, '{"B":0,"a":{"c":3,"d":2},"b":1}'],
    ['keeps the order of lists', [3, 1, 2], '[3,1,2]'],
    ['leaves out members without a value', { a: undefined, b: null }, '{"b":null}'],
    ['has null for a list item without a value', [undefined, 1], '[null,1]'],
    ['writes numbers as JSON does', [1e21, 0.1, -0], '[1e+21,0.1,0]'],
    ['escapes keys and texts', { 'a"': '\n\ud800' }, '{"a\\"":"\\n\\ud800"}'],
    ['takes keys that every object has', { constructor: 1, toString: 2 }, '{"constructor":1,"toString":2}'],
  ])('%s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('sorts keys outside the basic plane by code unit, not by code point', () => {
    expect(canonicalJson({ '\uffff': 1, '😀': 2 })).toBe('{"😀":2,"\uffff":1}');
  });

  it('is JSON with the same content', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is the same for the same content, in whatever order it was put together', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
