import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, lowerBinaryBound, lowerTextBound, upperBinaryBound, upperTextBound } from './bounds.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (value: Uint8Array | null): string | null =>
  value === null ? null : new TextDecoder('utf-8', { fatal: true }).decode(value);
const nearEdges = fc.constantFrom('a', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', '\u{1f600}');

describe('bounds of text', () => {
  it.each([
    ['abcdefghijklmnopq', 'abcdefghijklmnoq'],
    ['abcdefghijklmnop', 'abcdefghijklmnop'],
    [`${'a'.repeat(15)}\u{10ffff}z`, `${'a'.repeat(14)}b`],
    [`${'a'.repeat(15)}\ud7ffz`, `${'a'.repeat(15)}\ue000`],
    ['\u{1f600}'.repeat(17), `${'\u{1f600}'.repeat(15)}\u{1f601}`],
    ['\u{10ffff}'.repeat(17), null],
    ['', ''],
  ])('ends %j at %j', (text, expected) => {
    expect(textOf(upperTextBound(bytes(text)))).toBe(expected);
  });

  it('begins with the first 16 code points', () => {
    expect(textOf(lowerTextBound(bytes('\u{1f600}'.repeat(17))))).toBe('\u{1f600}'.repeat(16));
  });

  it('encloses the text, in at most 16 code points, as valid UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: nearEdges, maxLength: 20 }), (text) => {
        const value = bytes(text);
        const lower = lowerTextBound(value);
        const upper = upperTextBound(value);
        expect(compareBytes(lower, value)).toBeLessThanOrEqual(0);
        if (upper === null) {
          expect([...text].slice(0, 16).every((point) => point === '\u{10ffff}')).toBe(true);
          return;
        }
        expect(compareBytes(value, upper)).toBeLessThanOrEqual(0);
        expect([...textOf(upper)!].length).toBeLessThanOrEqual(16);
      }),
      { numRuns: 500 },
    );
  });

  it('orders by code point, where JavaScript orders by UTF-16 unit', () => {
    expect('\u{1f600}' < '\uff5e').toBe(true);
    expect(compareBytes(bytes('\u{1f600}'), bytes('\uff5e'))).toBeGreaterThan(0);
  });
});

describe('bounds of binary values', () => {
  it('encloses the value in at most 16 bytes', () => {
    const edge = fc.constantFrom(0, 1, 254, 255);
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 20 }), (values) => {
        const value = Uint8Array.from(values);
        const upper = upperBinaryBound(value);
        expect(compareBytes(lowerBinaryBound(value), value)).toBeLessThanOrEqual(0);
        if (upper === null) {
          expect(values.length > 16 && values.slice(0, 16).every((byte) => byte === 255)).toBe(true);
          return;
        }
        expect(compareBytes(value, upper)).toBeLessThanOrEqual(0);
        expect(upper.length).toBeLessThanOrEqual(16);
      }),
      { numRuns: 500 },
    );
  });
});
