import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { arena } from '../../columns/arena.ts';
import { withoutWebAssembly } from '../../columns/web-assembly.ts';
import { projectionKernels } from '../../projection/compiled-kernels.ts';
import { hasOddNumber } from './odd-quotes.ts';

const QUOTE = 0x22;

/** A byte at a time: whether so many of the first bytes are an odd number of quotes, by their number. */
function oddAt(text: Uint8Array): boolean[] {
  const odd = [false];
  for (const byte of text) odd.push((byte === QUOTE) !== odd.at(-1));
  return odd;
}

let before = 0;
beforeAll(async () => {
  await projectionKernels.open();
  before = arena()!.bytesInUse;
});
afterEach(() => expect(arena()!.bytesInUse).toBe(before));

describe('quotes', () => {
  it('are counted by a kernel where there is one', () => {
    expect(projectionKernels.current?.countByte).toBeTypeOf('function');
  });

  it.each([1, 3, 20, 900, 1100, 5000])(
    'are counted alike by all means when they stand %i bytes apart, and many at once',
    (distance) => {
      const text = new Uint8Array(200_003).fill(0x61);
      for (let at = 3; at < text.length; at += distance) text[at] = QUOTE;
      text.fill(QUOTE, 20_001, 20_050);
      for (const start of [0, 4, 64]) {
        const bytes = text.subarray(start);
        const odd = oddAt(bytes);
        for (const end of [0, 1, 6, 1023, 1025, 65_535, 65_536, 65_553, 131_072, bytes.length - 14, bytes.length]) {
          expect(hasOddNumber(bytes, end, QUOTE)).toBe(odd[end]);
          expect(withoutWebAssembly(() => hasOddNumber(bytes, end, QUOTE))).toBe(odd[end]);
        }
      }
    },
  );
});
