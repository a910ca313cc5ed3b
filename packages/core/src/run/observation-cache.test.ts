import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObservationCache, type ObservedUnitResult } from './observation-cache.ts';

const ofWidth = (fields: number): ObservedUnitResult =>
  ({ format: 'csv', plan: {}, observation: { fields: Array(fields).fill({ evidence: [] }) } }) as unknown as ObservedUnitResult;

describe('the observations that are kept', () => {
  it('are given back', () => {
    const cache = new ObservationCache();
    const result = ofWidth(3);
    cache.set('a', result);
    expect(cache.get('a')).toEqual(result);
    expect(cache.get('b')).toBeUndefined();
  });

  it('give way to newer ones, the oldest first', () => {
    const cache = new ObservationCache(40);
    for (const key of ['a', 'b', 'c', 'd', 'e']) cache.set(key, ofWidth(9));
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => cache.get(key))).toEqual(['b', 'c', 'd', 'e']);
  });

  it('are not driven out by one file of very many columns', () => {
    const cache = new ObservationCache(40);
    cache.set('a', ofWidth(5));
    cache.set('wide', ofWidth(10));
    expect(cache.get('wide')).toBeUndefined();
    expect(cache.get('a')).toBeDefined();
  });

  it('never hold more fields than they may, whatever comes', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(...'abcdefghij'), fc.integer({ min: 0, max: 30 })), { maxLength: 60 });
    void fc.assert(
      fc.property(steps, (sets) => {
        const cache = new ObservationCache(60);
        for (const [key, width] of sets) cache.set(key, ofWidth(width));
        const held = [...'abcdefghij'].flatMap((key) => cache.get(key) ?? []);
        const fields = held.reduce((sum, { observation }) => sum + 1 + observation.fields.length, 0);
        expect(fields).toBeLessThanOrEqual(60);
        const last = sets.at(-1);
        if (last && last[1] < 15) expect(cache.get(last[0])?.observation.fields).toHaveLength(last[1]);
      }),
    );
  });
});
