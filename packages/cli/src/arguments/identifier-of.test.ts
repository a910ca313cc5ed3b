import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifierOf } from './identifier-of.ts';

describe('identifierOf', () => {
  it.each([
    ['landing', 'landing'],
    ['_raw', '_raw'],
    ['my landing', 'my_landing'],
    ['landing-zone', 'landing_zone'],
    ['2024.01', '_2024_01'],
    ['Aufträge', 'Auftrage'],
    ['a'.repeat(80), 'a'.repeat(64)],
    ['订单', null],
    ['', null],
    ['...', null],
  ])('makes %j into %j', (name, wanted) => {
    expect(identifierOf(name)).toBe(wanted);
  });

  it('gives a name that is valid everywhere, and leaves a valid one alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const made = identifierOf(name);
        if (made === null) return;
        expect(made).toMatch(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/);
        expect(identifierOf(made)).toBe(made);
      }),
    );
  });
});
