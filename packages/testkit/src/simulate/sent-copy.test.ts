import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sentCopy } from './sent-copy.ts';

describe('sentCopy', () => {
  it('is what JSON makes of a value', () => {
    const values = fc.anything({ maxDepth: 4, withNullPrototype: false });
    fc.assert(
      fc.property(values, (value) => {
        fc.pre(isSendable(value));
        const text = JSON.stringify(value);
        expect(sentCopy(value)).toStrictEqual(text === undefined ? undefined : JSON.parse(text));
      }),
    );
  });

  it('shares nothing with the value', () => {
    const value = { rows: [{ id: 1 }], left: undefined };
    const copy = sentCopy(value);
    value.rows[0]!.id = 2;
    expect(copy).toStrictEqual({ rows: [{ id: 1 }] });
  });

  it.each([1n, () => 1, Number.NaN, Symbol('s'), new Date(0), new Map(), new Uint8Array(1)])('refuses %s', (value) => {
    expect(() => sentCopy({ member: [value] })).toThrow(TypeError);
  });
});

/** JSON turns these into something else: nobody sends them. */
function isSendable(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint' && typeof value !== 'symbol';
  return !('__proto__' in value && Object.hasOwn(value, '__proto__')) && Object.values(value).every(isSendable);
}
