import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headBytesOf, sampleRanges } from './sample-ranges.ts';

const KIB = 1024;

describe('the parts of a sample', () => {
  it('are a quarter of the budget at equal distances and a quarter at the end, behind a head of half of it', () => {
    expect(headBytesOf(256 * KIB)).toBe(128 * KIB);
    const parts = sampleRanges(128 * KIB, 3_000 * KIB, 256 * KIB, 50);
    expect(parts).toHaveLength(9);
    expect(parts.at(-1)).toEqual({ from: (3_000 - 64) * KIB, to: 3_000 * KIB });
    expect(new Set(parts.slice(0, 8).map(({ from, to }) => to - from))).toEqual(new Set([8 * KIB]));
    expect(new Set(parts.slice(1, 8).map(({ from }, index) => from - (parts[index]?.from as number)))).toEqual(
      new Set([359_424]),
    );
  });

  it('are fewer and longer where records are long', () => {
    expect(sampleRanges(2048 * KIB, 1e9, 4096 * KIB, 50)).toHaveLength(16);
    expect(sampleRanges(2048 * KIB, 1e9, 4096 * KIB, 8 * KIB)).toHaveLength(5);
    expect(sampleRanges(2048 * KIB, 1e9, 4096 * KIB, 500 * KIB)).toHaveLength(2);
  });

  it('are none when the head took the budget', () => {
    expect(sampleRanges(5000, 1e6, 5000, 50)).toEqual([]);
  });

  it('follow one another behind the head without overlap and keep to the budget', () => {
    fc.assert(
      fc.property(
        fc.nat(2e6),
        fc.nat(1e7),
        fc.nat(10_000),
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        (budget, more, extra, record) => {
          const head = headBytesOf(budget) + extra;
          const size = Math.max(budget + 1 + more, head);
          let end = head;
          let bytes = 0;
          for (const { from, to } of sampleRanges(head, size, budget, record)) {
            expect(from).toBeGreaterThanOrEqual(end);
            expect(to).toBeGreaterThan(from);
            end = to;
            bytes += to - from;
          }
          expect(end).toBeLessThanOrEqual(size);
          expect(bytes).toBeLessThanOrEqual(Math.max(0, budget - head));
          expect(bytes).toBeGreaterThan(Math.max(0, budget - head) - 16);
        },
      ),
    );
  });
});
