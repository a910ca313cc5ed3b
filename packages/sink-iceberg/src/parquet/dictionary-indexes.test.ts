import fc from 'fast-check';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { describe, expect, it } from 'vitest';
import { definitionLevels } from './definition-levels.ts';
import { dictionaryIndexes, indexWidth } from './dictionary-indexes.ts';
import { GrowingBytes } from './growing-bytes.ts';

function decoded(bytes: Uint8Array, from: number, width: number, count: number): number[] {
  const output = new Int32Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  readRleBitPackedHybrid({ view, offset: from }, width, output, bytes.length - from);
  return [...output];
}

describe('dictionary indexes', () => {
  it('are read back by another implementation, at every width', () => {
    const indexes = fc
      .integer({ min: 1, max: 32_767 })
      .chain((entries) => fc.tuple(fc.constant(entries), fc.array(fc.nat(entries - 1), { minLength: 1, maxLength: 100 })));
    fc.assert(
      fc.property(indexes, fc.nat(20), ([entries, values], before) => {
        const out = new GrowingBytes(1);
        out.length = 0;
        const width = indexWidth(entries);
        const all = Uint16Array.from([...new Array<number>(before).fill(0), ...values]);
        dictionaryIndexes(out, all, before, all.length, width);
        expect(out.bytes[0]).toBe(width);
        expect(decoded(out.view(), 1, width, values.length)).toEqual(values);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
    [32_767, 15],
  ])('of %d entries take %d bits', (entries, width) => {
    expect(indexWidth(entries)).toBe(width);
  });
});

describe('definition levels', () => {
  it('are read back by another implementation', () => {
    const levels = fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 100 });
    const runs = fc
      .tuple(fc.constantFrom(0, 1), fc.integer({ min: 1, max: 300 }))
      .map(([level, count]) => new Array<number>(count).fill(level));
    fc.assert(
      fc.property(fc.oneof(levels, runs), fc.nat(20), (values, before) => {
        const out = new GrowingBytes(1);
        const valid = Uint8Array.from([...new Array<number>(before).fill(1), ...values]);
        const present = values.filter((level) => level === 1).length;
        definitionLevels(out, valid, before, valid.length, present);
        const bytes = out.view();
        expect(new DataView(bytes.buffer).getUint32(0, true)).toBe(bytes.length - 4);
        expect(decoded(bytes, 4, 1, values.length)).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });
});
