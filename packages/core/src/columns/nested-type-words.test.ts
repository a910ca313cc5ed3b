import { describe, expect, it } from 'vitest';
import { CalveError } from '../errors/calve-error.ts';
import { typeText } from './column-type.ts';
import { date, decimal, drop, int64, string } from './column-type-words.ts';
import { list, map, struct } from './nested-type-words.ts';

describe('the words for nested types', () => {
  it('say structs, lists and maps of any depth', () => {
    const spec = struct({ name: string(), items: list(struct({ sku: string(), prices: map(string(), decimal(12, 2)) })) });
    expect(spec.type && typeText(spec.type)).toBe(
      'struct<name: string, items: list<struct<sku: string, prices: map<string, decimal(12,2)>>>>',
    );
  });

  it('keep what is said of the column beside its type', () => {
    expect(list(date(), { formats: ['dd/MM/yyyy'], nulls: ['-'], onFailure: 'null' })).toMatchObject({
      formats: ['dd/MM/yyyy'],
      nulls: ['-'],
      onFailure: 'null',
    });
  });

  it('make the key of a map required, since it is never null', () => {
    expect(map(string(), int64()).type).toMatchObject({ key: { name: 'key', required: true }, value: { required: false } });
  });

  it.each([
    [
      'a place with settings of its own',
      () => struct({ at: date('dd/MM/yyyy') }),
      /"formats" cannot be said of one place inside/,
    ],
    ['a struct without members', () => struct({}), /at least one member/],
    ['a nested key', () => map(list(string()), int64()), /the key of a map/],
    ['a place without a type', () => list({}), /needs a type/],
    ['a dropped member', () => struct({ a: drop() }), /"drop" cannot be said/],
  ])('refuse %s', (_, make, words) => {
    expect(make).toThrow(CalveError);
    expect(make).toThrow(words);
  });
});
