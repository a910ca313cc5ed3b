import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMalformedText, ONLY_ASCII, replaceMalformedText, tallyMalformedText, VALID_TEXT } from './replace-malformed-text.ts';

function repair(bytes: readonly number[]): string {
  const source = new Uint8Array(bytes.length * 4);
  source.set(bytes);
  const end = replaceMalformedText(source, 0, bytes.length, bytes.length);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(source.subarray(bytes.length, end));
}

function countMalformedText(source: Uint8Array, from: number, to: number): number {
  const tally = { pieces: 0, bytes: new Uint32Array(256), lonelyBytes: 0, wellFormed: 0 };
  tallyMalformedText(source, from, to, tally);
  return tally.pieces;
}

const awkward = fc.array(
  fc.oneof(
    fc.constantFrom(0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe1, 0xef, 0xf0, 0xf1, 0xf4, 0xf5),
    fc.nat(255),
  ),
  { maxLength: 30 },
);

describe('malformed UTF-8', () => {
  it('is replaced as the WHATWG decoder does where no surrogate is encoded', () => {
    fc.assert(
      fc.property(awkward, (bytes) => {
        fc.pre(!bytes.includes(0xed));
        const source = Uint8Array.from(bytes);
        const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(source);
        expect(repair(bytes)).toBe(expected);
        expect(findMalformedText(source, 0, bytes.length) >= 0).toBe(countMalformedText(source, 0, bytes.length) > 0);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['an encoded surrogate', [0xed, 0xa0, 0x80], 1],
    ['a surrogate pair', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], 2],
    ['half of an encoded surrogate', [0xed, 0xa0, 0x41], 1],
    ['a truncated character', [0xe2, 0x82], 1],
  ])('%s gives as many U+FFFD as in Java', (_, bytes, count) => {
    expect(countMalformedText(Uint8Array.from(bytes), 0, bytes.length)).toBe(count);
    expect(repair(bytes).replaceAll('A', '')).toBe('\ufffd'.repeat(count));
  });

  it('leaves well-formed text alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new TextEncoder().encode(text);
        expect(findMalformedText(bytes, 0, bytes.length)).toBe(/[^\0-\x7f]/.test(text) ? VALID_TEXT : ONLY_ASCII);
        expect(repair([...bytes])).toBe(text);
      }),
    );
  });

  it('says when there is no room', () => {
    expect(replaceMalformedText(Uint8Array.from([0xff, 0, 0]), 0, 1, 1)).toBe(-1);
  });
});
