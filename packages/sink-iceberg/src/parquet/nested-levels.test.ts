import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunDecoder } from '../datafile/run-decoder.ts';
import { GrowingBytes } from './growing-bytes.ts';
import { nestedLevels } from './nested-levels.ts';

/** What a page holds from `at` on: levels behind their length. @returns Where they end, too. */
function decoded(bytes: Uint8Array, at: number, highest: number, count: number): { levels: number[]; end: number } {
  const length = new DataView(bytes.buffer).getUint32(at, true);
  const width = 32 - Math.clz32(highest);
  return { levels: [...new RunDecoder(bytes, at + 4, width).read(count)], end: at + 4 + length };
}

const levelsUpTo = (highest: number, length: number): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ max: highest, minLength: length, maxLength: length }),
    fc.integer({ max: highest, min: 0 }).map((level) => new Uint8Array(length).fill(level)),
  );

describe('levels of a page', () => {
  it('are read back whatever the highest is, from any slot on', () => {
    const slots = fc
      .record({
        highestDefinition: fc.integer({ min: 1, max: 255 }),
        highestRepetition: fc.integer({ min: 1, max: 40 }),
        slots: fc.integer({ min: 1, max: 70 }),
      })
      .chain((highest) =>
        fc.record({
          ...(Object.fromEntries(Object.entries(highest).map(([name, value]) => [name, fc.constant(value)])) as {
            [Name in keyof typeof highest]: fc.Arbitrary<number>;
          }),
          definition: levelsUpTo(highest.highestDefinition, highest.slots),
          repetition: levelsUpTo(highest.highestRepetition, highest.slots),
          start: fc.nat(highest.slots - 1),
        }),
      );
    fc.assert(
      fc.property(slots, ({ start, ...levels }) => {
        const out = new GrowingBytes();
        nestedLevels(out, levels, start, levels.slots);
        const count = levels.slots - start;
        const repetition = decoded(out.bytes, 0, levels.highestRepetition, count);
        expect(repetition.levels).toEqual([...levels.repetition.subarray(start)]);
        const definition = decoded(out.bytes, repetition.end, levels.highestDefinition, count);
        expect(definition.levels).toEqual([...levels.definition.subarray(start)]);
        expect(definition.end).toBe(out.length);
      }),
      { numRuns: 500 },
    );
  });

  it('are one run where every slot has a value, and nothing where none could lack one', () => {
    const levels = { slots: 1000, definition: null, highestRepetition: 0, repetition: null };
    const out = new GrowingBytes();
    nestedLevels(out, { ...levels, highestDefinition: 3 }, 0, 1000);
    expect(out.length).toBe(7);
    expect(decoded(out.bytes, 0, 3, 1000).levels).toEqual(new Array(1000).fill(3));
    out.clear();
    nestedLevels(out, { ...levels, highestDefinition: 0 }, 0, 1000);
    expect(out.length).toBe(0);
  });
});
