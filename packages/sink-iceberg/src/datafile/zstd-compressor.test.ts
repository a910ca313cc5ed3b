import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PageContent } from '../parquet/page-sink.ts';
import { ZstdCompressor } from './zstd-compressor.ts';

const contents: PageContent[] = ['floating', 'integers', 'small-integers', 'texts', 'entries', 'indexes', 'others'];

/** Numbers that rise by less than 4,000, 8 bytes each. */
function risingNumbers(count: number): Uint8Array {
  const numbers = new BigInt64Array(count);
  let last = 184_467_000_000_000_000n;
  for (let row = 0; row < count; row++) {
    last += BigInt((row * 2_654_435_761) % 4000);
    numbers[row] = last;
  }
  return new Uint8Array(numbers.buffer);
}

/** Numbers below a million in no order, 8 bytes each. */
function smallNumbers(count: number): Uint8Array {
  const numbers = new BigInt64Array(count);
  for (let row = 0, last = 1; row < count; row++) {
    last = (last * 48_271) % 2_147_483_647;
    numbers[row] = BigInt(last % 1_000_000);
  }
  return new Uint8Array(numbers.buffer);
}

/** Words of which each comes again and again, in no order. */
function words(bytes: number): Uint8Array {
  const known = ['leave', 'at', 'the', 'door', 'fragile', 'second', 'floor', 'please', 'ring twice', 'call first'];
  let text = '';
  for (let at = 1; text.length < bytes; at = (at * 48_271) % 2_147_483_647) text += `${known[at % known.length]} `;
  return new TextEncoder().encode(text);
}

const compressed = (page: Uint8Array, content: PageContent) => new ZstdCompressor().compress(page, content, true).slice();

describe('zstd', () => {
  it('gives pages of any size back, one after the other', () => {
    const page = fc.record({
      page: fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.constantFrom(1, 3, 500, 9000))
        .map(([bytes, times]) =>
          Uint8Array.from({ length: bytes.length * times }, (_, at) => bytes[at % bytes.length]! ^ (at >> 9)),
        ),
      content: fc.constantFrom(...contents),
      isFirst: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(page, { minLength: 1, maxLength: 6 }), (pages) => {
        const compressor = new ZstdCompressor();
        for (const { page, content, isFirst } of pages)
          expect(Buffer.compare(zstdDecompressSync(compressor.compress(page, content, isFirst)), page)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('gives a chunk the same bytes whatever was compressed before', () => {
    const used = new ZstdCompressor();
    for (const page of [words(300_000), risingNumbers(40_000), words(100)])
      for (const content of contents)
        expect(Buffer.compare(used.compress(page, content, true), compressed(page, content))).toBe(0);
  });

  it('compresses the other pages of a chunk as its first, which a sample decides', () => {
    const compressor = new ZstdCompressor();
    const page = words(300_000);
    const alone = compressor.compress(page, 'texts', true).length;
    compressor.compress(risingNumbers(40_000), 'others', true);
    expect(compressor.compress(page, 'others', false).length).not.toBe(alone);
  });

  it('is quick only where that costs little', () => {
    const compressor = new ZstdCompressor();
    const page = words(300_000);
    compressor.compress(new Uint8Array(0), 'others', true);
    const thorough = compressor.compress(page, 'texts', false).length;
    expect(compressor.compress(page, 'texts', true).length).toBeLessThanOrEqual(thorough * 1.03);
  });

  it('looks for long matches alone in small integers of 8 bytes, which saves some of their bytes', () => {
    const page = smallNumbers(40_000);
    expect(compressed(page, 'small-integers').length).toBeLessThan(compressed(page, 'integers').length * 0.97);
  });

  it('leaves nothing of an output behind when the next one comes', () => {
    const compressor = new ZstdCompressor();
    const first = compressor.compress(risingNumbers(40_000), 'others', true);
    expect(first.length).toBeGreaterThan(0);
    compressor.compress(words(100), 'texts', true);
    expect(first).toHaveLength(0);
  });
});
