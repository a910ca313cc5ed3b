import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestNames } from './nearest-names.ts';

describe('nearestNames', () => {
  it('orders by distance, then by code unit', () => {
    expect(nearestNames('local', ['s3', 'lcoal', 'locals', 'Local', 'lokal'], { limit: 9 })).toEqual([
      'Local',
      'lcoal',
      'locals',
      'lokal',
      's3',
    ]);
  });

  it('leaves out what is too far away', () => {
    expect(nearestNames('csv', ['parquet', 'cvs'], { maximumDistance: 2 })).toEqual(['cvs']);
  });

  it('treats wildcards of a pattern as free', () => {
    const names = ['return-01.csv', 'order-01.csv.gz', 'readme.md'];
    expect(nearestNames('orders-*.csv.gz', names, { limit: 1, hasWildcards: true })).toEqual(['order-01.csv.gz']);
  });

  it('answers nothing for no names and survives very long ones', () => {
    expect(nearestNames('a', [])).toEqual([]);
    expect(nearestNames('x'.repeat(100_000), ['x'.repeat(100_000), 'y'])).toHaveLength(2);
  });

  it('the name itself is always nearest, and every answer is one of the names', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 20 }), fc.nat(), (names, pick) => {
        const wanted = names[pick % names.length]!;
        const found = nearestNames(wanted, names);
        expect(found[0]).toBe(wanted);
        expect(found.length).toBeLessThanOrEqual(3);
        expect(names).toEqual(expect.arrayContaining(found));
      }),
    );
  });
});
