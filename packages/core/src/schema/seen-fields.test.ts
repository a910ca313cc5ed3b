import { describe, expect, it } from 'vitest';
import type { PlacedField } from './column-question.ts';
import { SeenFields } from './seen-fields.ts';

const observed = (name: string): PlacedField =>
  ({ field: { name, type: { kind: 'string' }, required: false }, evidence: [] }) as unknown as PlacedField;

describe('what units showed of a column', () => {
  it('is told unit by unit, in order, also of units that are added to a run later', () => {
    const [a, b] = [observed('a'), observed('b')];
    const seen = new SeenFields();
    expect([seen.first, seen.last, seen.length, seen.isEmpty]).toEqual([undefined, undefined, 0, true]);
    const units = [0];
    seen.add(units, a);
    units.push(1, 2);
    seen.add([5], b);
    expect(seen.isEmpty).toBe(false);
    expect([...seen]).toEqual([
      { unit: 0, observed: a },
      { unit: 1, observed: a },
      { unit: 2, observed: a },
      { unit: 5, observed: b },
    ]);
    expect([seen.first, seen.last, seen.length]).toEqual([{ unit: 0, observed: a }, { unit: 5, observed: b }, 4]);
    expect(seen.map(({ unit }) => unit)).toEqual([0, 1, 2, 5]);
    expect(seen.flatMap(({ unit }) => (unit === 1 ? [] : [unit, unit]))).toEqual([0, 0, 2, 2, 5, 5]);
    expect(seen.some(({ observed: { field } }) => field.name === 'b')).toBe(true);
    expect([...seen.filter(({ unit }) => unit > 1)].map(({ unit }) => unit)).toEqual([2, 5]);
  });
});
