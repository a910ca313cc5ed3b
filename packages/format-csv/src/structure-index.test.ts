import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StructureIndex } from './structure-index.ts';

/** Every place that the index tells from `from` on, block after block. */
function placesOf(index: StructureIndex, from: number, blockStarts: readonly number[]): number[] {
  const places: number[] = [];
  let position = from;
  for (let block = 0; index.hasMore; block += 1) {
    index.fill(position);
    places.push(...index.places.subarray(index.next, index.count));
    const known = (places.at(-1) ?? position) + 1;
    // Blocks may overlap, as those of records do that were cut.
    position = index.hasMore ? Math.max(known - (blockStarts[block % blockStarts.length] as number), position + 1) : known;
  }
  return [...new Set(places)].sort((a, b) => a - b);
}

it('tells where the three bytes stand, and no other place', () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  const long = fc.tuple(bytes, fc.nat(4000)).map(([piece, times]) => {
    const text = new Uint8Array(piece.length * times);
    for (let at = 0; at < text.length; at += piece.length) text.set(piece, at);
    return text;
  });
  const wanted = fc.tuple(fc.nat(127), fc.nat(127), fc.nat(127));
  fc.assert(
    fc.property(fc.oneof(bytes, bytes, bytes, long), wanted, fc.nat(70), fc.nat(3), (text, three, from, behind) => {
      const source = new Uint8Array(text.length + 3 + behind).fill(three[0]);
      source.set(text);
      // Texts of any bytes seldom have three given ones.
      for (let at = 0; at < text.length; at += 1 + (at % 11)) source[at] = three[at % 3] as number;
      const index = new StructureIndex(...three);
      index.attach(source, text.length);
      const expected = Array.from(source.keys()).filter(
        (at) => at >= from && at < text.length && three.includes(source[at] as number),
      );
      expect(placesOf(index, from, [1])).toEqual(expected);
      index.close();
    }),
    { numRuns: 300 },
  );
});
