import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FreeRanges } from './free-ranges.ts';

it('gives the lowest place that is large enough, and joins what comes back', () => {
  const ranges = new FreeRanges(64, 1_024);
  expect([ranges.take(100), ranges.take(200), ranges.take(300)]).toEqual([64, 164, 364]);
  ranges.giveBack(164, 364);
  expect(ranges.take(201)).toBe(664);
  expect(ranges.take(50)).toBe(164);
  ranges.giveBack(64, 164);
  ranges.giveBack(164, 214);
  ranges.giveBack(364, 664);
  ranges.giveBack(664, 865);
  expect(ranges.take(961)).toBe(-1);
  expect(ranges.take(960)).toBe(64);
  expect(ranges.take(1)).toBe(-1);
});

it('never gives a byte twice, and has all of them again in the end', () => {
  const size = 4_096;
  const action = fc.record({ size: fc.integer({ min: 1, max: 700 }), frees: fc.boolean(), which: fc.nat() });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const ranges = new FreeRanges(0, size);
      const owned = new Uint8Array(size);
      const pieces: { start: number; end: number }[] = [];
      const giveBack = (index: number): void => {
        const [piece] = pieces.splice(index, 1);
        owned.fill(0, piece!.start, piece!.end);
        ranges.giveBack(piece!.start, piece!.end);
      };
      for (const { size: wanted, frees, which } of actions) {
        if (frees && pieces.length > 0) giveBack(which % pieces.length);
        const start = ranges.take(wanted);
        const room = longestGap(owned);
        expect(start >= 0).toBe(room >= wanted);
        if (start < 0) continue;
        expect(owned.subarray(start, start + wanted).every((byte) => byte === 0)).toBe(true);
        owned.fill(1, start, start + wanted);
        pieces.push({ start, end: start + wanted });
      }
      while (pieces.length > 0) giveBack(pieces.length - 1);
      expect(ranges.take(size)).toBe(0);
    }),
    { numRuns: 300 },
  );
});

function longestGap(owned: Uint8Array): number {
  let longest = 0;
  let gap = 0;
  for (const byte of owned) {
    gap = byte === 0 ? gap + 1 : 0;
    longest = Math.max(longest, gap);
  }
  return longest;
}
