import fc from 'fast-check';
import { snappyUncompress } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { SnappyCompressor } from './snappy-compressor.ts';

function roundTrip(snappy: SnappyCompressor, input: Uint8Array): Uint8Array {
  const output = new Uint8Array(input.length);
  if (input.length > 0) snappyUncompress(snappy.compress(input), output);
  return output;
}

describe('the Snappy compressor', () => {
  it('gives bytes that another implementation restores', () => {
    const snappy = new SnappyCompressor();
    const repetitive = fc
      .tuple(fc.array(fc.uint8Array({ maxLength: 90 }), { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 400 }))
      .map(([parts, order]) => Uint8Array.from(Buffer.concat(order.map((at) => parts[at % parts.length] ?? new Uint8Array(0)))));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 3000 }), repetitive), (input) => {
        expect(roundTrip(snappy, input)).toEqual(input);
      }),
      { numRuns: 500 },
    );
  });

  it.each([65_535, 65_536, 65_537, 140_000, 1_048_576])('cuts %d bytes into fragments', (length) => {
    const input = Uint8Array.from({ length }, (_, at) => (at % 1000 < 700 ? at % 251 : Math.imul(at, 0x9e37_79b1) >>> 24));
    const snappy = new SnappyCompressor();
    expect(Buffer.compare(roundTrip(snappy, input), input)).toBe(0);
    expect(snappy.compress(input).length).toBeLessThan(length / 2);
  });

  it('takes little more room than what cannot be compressed', () => {
    const input = Uint8Array.from({ length: 100_000 }, (_, at) => Math.imul(at ^ (at >>> 3), 0x85eb_ca6b) >>> 24);
    expect(new SnappyCompressor().compress(input).length).toBeLessThan(120_000);
  });

  it('writes no bytes as a length of zero', () => {
    expect(new SnappyCompressor().compress(new Uint8Array(0))).toEqual(Uint8Array.of(0));
  });
});
