import { giveBytesBack, takeBytes } from '@calve/core/plugin';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { csvKernels } from './csv-kernels.ts';
import { StructureIndex } from './structure-index.ts';

beforeAll(async () => {
  await csvKernels.open();
  expect(csvKernels.current).not.toBeNull();
});

interface Found {
  places: number[];
  /** Those of them that are not of the first byte. */
  others: number[];
}

/** Every place that the index tells from `from` on, block after block. */
function placesOf(index: StructureIndex, from: number, blockStarts: readonly number[]): Found {
  const places = new Set<number>();
  const others = new Set<number>();
  let position = from;
  for (let block = 0; index.hasMore; block += 1) {
    expect(index.fill(position)).toBe(true);
    const found = index.places.subarray(index.next, index.count);
    for (const place of found) places.add(place);
    for (const entry of index.others.subarray(0, index.otherCount))
      if (entry >= index.next) others.add(index.places[entry] as number);
    const known = (found.at(-1) ?? position) + 1;
    // Blocks may overlap, as those of records do that were cut.
    position = index.hasMore ? Math.max(known - (blockStarts[block % blockStarts.length] as number), position + 1) : known;
  }
  const ascending = (set: Set<number>): number[] => [...set].sort((a, b) => a - b);
  return { places: ascending(places), others: ascending(others) };
}

it('tells where the three bytes stand, and which are not of the first, and no other place', () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  const long = fc.tuple(bytes, fc.nat(4000)).map(([piece, times]) => {
    const text = new Uint8Array(piece.length * times);
    for (let at = 0; at < text.length; at += piece.length) text.set(piece, at);
    return text;
  });
  const wanted = fc.oneof(fc.tuple(fc.nat(127), fc.nat(127), fc.nat(127)), fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5)));
  fc.assert(
    fc.property(fc.oneof(bytes, bytes, bytes, long), wanted, fc.nat(70), fc.nat(70), (text, three, from, behind) => {
      const source = takeBytes(text.length + 3 + behind).fill(three[0]);
      source.set(text);
      // Texts of any bytes seldom have three given ones.
      for (let at = 0; at < text.length; at += 1 + (at % 11)) source[at] = three[at % 3] as number;
      const index = new StructureIndex(...three);
      index.attach(source, text.length);
      const places = Array.from(source.keys()).filter(
        (at) => at >= from && at < text.length && three.includes(source[at] as number),
      );
      const others = places.filter((at) => source[at] !== three[0]);
      expect(placesOf(index, from, [1])).toEqual({ places, others });
      index.close();
      giveBytesBack(source);
    }),
    { numRuns: 600 },
  );
});
