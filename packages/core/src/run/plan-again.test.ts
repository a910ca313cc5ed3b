import { describe, expect, it } from 'vitest';
import { planOf, recordOf, unitOf } from '../plan/plan-values.fixture.ts';
import { PlanAgain } from './plan-again.ts';

const failed = (name: string, code: string, key = `${name}#1`) =>
  recordOf(unitOf(name, { key }), { state: 'failed', code, counts: null });

describe('PlanAgain', () => {
  it('takes what changed or disappeared, and says so', () => {
    const again = new PlanAgain();
    expect(again.takes(failed('a.csv', 'OBJECT_CHANGED'))).toBe(true);
    expect(again.takes(failed('b.csv', 'OBJECT_NOT_FOUND'))).toBe(true);
    expect(again.findings()).toMatchObject([
      { code: 'OBJECT_CHANGED', message: expect.stringContaining('a.csv changed before it was loaded') },
      { code: 'OBJECT_NOT_FOUND', message: expect.stringContaining('b.csv was deleted or renamed before it was loaded') },
    ]);
    expect(again.findings()).toEqual([]);
  });

  it('takes each place once, under whatever key', () => {
    const again = new PlanAgain();
    expect(again.takes(failed('a.csv', 'OBJECT_CHANGED', 'a#1'))).toBe(true);
    expect(again.takes(failed('a.csv', 'OBJECT_CHANGED', 'a#2'))).toBe(false);
  });

  it.each(['SOURCE_ACCESS_DENIED', 'SOURCE_UNAVAILABLE', 'MALFORMED_UNIT'])('leaves %s to somebody else', (code) => {
    const again = new PlanAgain();
    expect(again.takes(failed('a.csv', code))).toBe(false);
    expect(again.takes({ ...failed('a.csv', 'OBJECT_CHANGED'), state: 'ingested' })).toBe(false);
    expect(again.findings()).toEqual([]);
  });

  it('has the next plan look again at what it took, and at the copies of it', () => {
    const plan = planOf();
    const copy = recordOf(unitOf('copy.csv'), { state: 'skipped', code: 'OBJECT_SAME_CONTENT' });
    const held = recordOf(unitOf('held.csv'), { state: 'held' });
    const finding = { code: 'X', severity: 'info' as const, message: '' };
    const setAside = [copy, held].map((record) => ({ ...record, finding }));
    const full = { ...plan, batch: { ...plan.batch, setAside } };
    const [first, second] = plan.batch.units.map(({ unit }) => unit.key);
    const again = new PlanAgain();
    expect(again.settledKeys(full)).toEqual([first, second, copy.unit.key, held.unit.key]);
    again.takes(failed('a.csv', 'OBJECT_NOT_FOUND', first));
    expect(again.settledKeys(full)).toEqual([second, held.unit.key]);
  });

  it('plans all units of a batch again, from all of them, when the head of one did not tell everything', () => {
    const plan = planOf();
    const again = new PlanAgain();
    expect(again.mayTrustHeads).toBe(true);
    const [first, second] = plan.batch.units.map(({ unit }) => unit.key);
    const finding = { code: 'PLAN_INCOMPLETE', severity: 'error' as const, message: 'A member.' };
    expect(again.takes({ ...failed('a.json', 'PLAN_INCOMPLETE', second), finding })).toBe(true);
    expect(again.mayTrustHeads).toBe(false);
    expect(again.settledKeys(plan)).not.toContain(first);
    expect(again.findings()).toEqual([{ ...finding, severity: 'info' }]);
  });
});
