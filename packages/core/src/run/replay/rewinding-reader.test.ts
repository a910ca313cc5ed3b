import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ByteReader } from '../../source/byte-reader.ts';
import { RewindingReader } from './rewinding-reader.ts';

/** Content that is read forward only, and fails when it is not. */
function forwardOnly(bytes: Uint8Array): ByteReader {
  let at = 0;
  return {
    sizeBytes: -1,
    read(target, offset) {
      expect(offset).toBe(at);
      const part = bytes.subarray(at, at + target.length);
      target.set(part);
      at += part.length;
      return part.length;
    },
    verify: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

it('gives what any reader of the content would, from one start after the other, in one pass', async () => {
  const pass = fc.array(fc.record({ start: fc.nat(400), reads: fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 5 }) }));
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 400, maxLength: 600 }), pass, async (bytes, visits) => {
      const reader = new RewindingReader(forwardOnly(bytes));
      for (const { start, reads } of visits.sort((a, b) => a.start - b.start)) {
        expect(reader.reaches(start)).toBe(true);
        const content = await reader.from(start);
        let at = 0;
        for (const length of reads) {
          const target = new Uint8Array(length);
          const count = await content.read(target, at);
          expect(target.subarray(0, count)).toEqual(bytes.slice(start + at, start + at + length));
          at += count;
        }
      }
    }),
  );
});

it('does not go back, and says when the content ends before', async () => {
  const reader = new RewindingReader(forwardOnly(new Uint8Array(100)));
  await reader.from(50);
  expect(reader.reaches(49)).toBe(false);
  await expect(reader.from(101)).rejects.toMatchObject({ code: 'OBJECT_CHANGED', recovery: { kind: 'replan' } });
});
