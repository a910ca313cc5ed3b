import { describe, expect, it } from 'vitest';
import { PieceSizes } from './piece-sizes.ts';

describe('sizes of pieces', () => {
  it('knows each piece once, and no other', () => {
    const sizes = new PieceSizes();
    sizes.add(64, 128);
    expect(sizes.remove(128)).toBe(0);
    expect(sizes.remove(64)).toBe(128);
    expect(sizes.remove(64)).toBe(0);
  });

  it.each([
    ['thousands at once', 20_000, 2_000_000],
    ['few that come and go', 20_000, 200],
  ])('is what a map is: %s', (_name, steps, offsets) => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const sizes = new PieceSizes();
    const map = new Map<number, number>();
    const differs: number[] = [];
    for (let step = 1; step <= steps; step += 1) {
      const offset = (1 + random(offsets)) * 64;
      const known = map.get(offset);
      if (known === undefined) sizes.add(offset, step);
      else if (sizes.remove(offset) !== known) differs.push(offset);
      if (known === undefined) map.set(offset, step);
      else map.delete(offset);
    }
    for (const [offset, size] of map) if (sizes.remove(offset) !== size || sizes.remove(offset) !== 0) differs.push(offset);
    expect(map.size).toBeGreaterThan(50);
    expect(differs).toEqual([]);
  });
});
