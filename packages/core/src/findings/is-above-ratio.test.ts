import { expect, it } from 'vitest';
import { planOf } from '../plan/plan-values.fixture.ts';
import { isAboveRatio } from './is-above-ratio.ts';
import { rejectionFixes } from './rejection-fixes.ts';

it('the share that a fix offers is enough, and a percent less is not, for any number of up to a thousand rows', () => {
  const plan = planOf();
  const unfit: [number, number, number][] = [];
  for (let rows = 1; rows <= 1000; rows += 1)
    for (let rejected = 1; rejected <= rows; rejected += 1) {
      const [fix] = rejectionFixes(plan, { rows, rejected, codes: new Map() }, { isCut: false, isTableMade: true });
      const [operation] = fix?.specPatch ?? [];
      const { value } = operation as { value: number };
      const less = Math.round(value * 100 - 1) / 100;
      if (isAboveRatio(rejected, rows, value) || !isAboveRatio(rejected, rows, less)) unfit.push([rows, rejected, value]);
    }
  expect(unfit).toEqual([]);
});

it('29 of 100 rows are no more than 29 % of them', () => {
  expect(isAboveRatio(29, 100, 0.29)).toBe(false);
  expect(isAboveRatio(30, 100, 0.29)).toBe(true);
  expect(isAboveRatio(0, 0, 0)).toBe(false);
});
