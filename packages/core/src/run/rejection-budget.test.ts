import { describe, expect, it } from 'vitest';
import type { RejectedRecord } from '../format/decode-event.ts';
import { unitOf } from '../plan/plan-values.fixture.ts';
import { RejectionBudget } from './rejection-budget.ts';

const unit = unitOf('a.csv');

function rejected(count: number, changes: Partial<RejectedRecord> = {}): RejectedRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    position: { unit: '', line: index + 2 },
    codes: ['amount:int64'],
    columns: ['amount'],
    raw: new TextEncoder().encode(`x${index}`),
    truncated: false,
    ...changes,
  }));
}

describe('RejectionBudget', () => {
  it('stops with the row that is one too many', () => {
    const budget = new RejectionBudget({ maxRejectedRows: 2, maxRejectedRatio: 1 });
    budget.read(10, unit);
    budget.rejected(rejected(2), unit);
    expect(() => budget.rejected(rejected(1), unit)).toThrow(
      expect.objectContaining({ code: 'REJECTED_LIMIT', recovery: expect.objectContaining({ kind: 'decide' }) }),
    );
  });

  it.each([
    [100, 1, 0.01, true],
    [100, 2, 0.01, false],
    [99, 1, 0.01, false],
    [0, 0, 0.01, true],
    [10, 0, 0, true],
    [10, 1, 0, false],
    [10, 10, 1, true],
  ])('of %i rows, %i rejected, with a limit of %d: fits %s', (rows, count, maxRejectedRatio, fits) => {
    const budget = new RejectionBudget({ maxRejectedRows: 1000, maxRejectedRatio });
    budget.read(rows, unit);
    budget.rejected(rejected(count), unit);
    if (fits) expect(() => budget.assertRatio()).not.toThrow();
    else expect(() => budget.assertRatio()).toThrow(expect.objectContaining({ code: 'REJECTED_LIMIT' }));
  });

  it('says that nothing is kept where the spec has no place for rejected rows, and names no limit', () => {
    const budget = new RejectionBudget(null);
    budget.read(40, unit);
    const failed = expect.objectContaining({
      message: expect.stringMatching(/^Nothing was committed: a row was rejected, and this spec keeps no rejected rows\./),
      recovery: expect.objectContaining({ choices: expect.not.arrayContaining([expect.stringContaining('limits.')]) }),
    });
    expect(() => budget.rejected(rejected(3), unit)).toThrow(failed);
    expect(budget.blamed()[0]?.finding?.message).toContain(
      '3 of the first 40 rows were rejected, and this spec keeps no rejected',
    );
  });

  it('says how many of how many, which limit, and names file, line and value of the first', () => {
    const budget = new RejectionBudget({ maxRejectedRows: 1000, maxRejectedRatio: 0.01 });
    budget.read(40, unit);
    budget.rejected(rejected(3), unit);
    expect(() => budget.assertRatio()).toThrow(
      'Nothing was committed: 3 of 40 rows (7.5 %) were rejected, 1 % is the limit. The first one: file:///landing/a.csv line 2: amount:int64 in "x0"',
    );
  });

  it('keeps ten examples over all units, each with the key of its unit, and cuts long ones', () => {
    const budget = new RejectionBudget({ maxRejectedRows: 20, maxRejectedRatio: 1 });
    budget.rejected(rejected(4), unit);
    budget.rejected(rejected(1, { raw: new Uint8Array(5000).fill(0x61), codes: ['a:int64', 'b:date'] }), unitOf('b.csv'));
    const thrown = expect.objectContaining({ diagnostics: expect.any(Array) });
    try {
      budget.rejected(rejected(30), unit);
      expect.fail('the limit was not noticed');
    } catch (error) {
      expect(error).toEqual(thrown);
      const { diagnostics } = error as { diagnostics: { message: string; at: { unit: string }; code: string }[] };
      expect(diagnostics).toHaveLength(10);
      expect(diagnostics[0]?.at).toEqual({ unit: unit.key, line: 2 });
      expect(diagnostics[4]?.code).toBe('a:int64');
      expect(diagnostics[4]?.message).toBe(`file:///landing/b.csv line 2: a:int64, b:date in "${'a'.repeat(200)}…"`);
    }
  });

  it('blames the units of which too much was rejected, and says how much and where', () => {
    const budget = new RejectionBudget({ maxRejectedRows: 1000, maxRejectedRatio: 0.01 });
    const [bad, good, fine] = [unitOf('bad.csv'), unitOf('good.csv'), unitOf('fine.csv')];
    budget.read(50, bad);
    budget.rejected(rejected(5), bad);
    budget.read(100, good);
    budget.rejected(rejected(1), good);
    budget.read(10, fine);
    expect(() => budget.assertRatio()).toThrow('6 of 160 rows');
    const message =
      'file:///landing/bad.csv: 5 of 50 rows (10 %) were rejected, 1 % is the limit. The first one: line 2: amount:int64 in "x0"';
    expect(budget.blamed()).toEqual([
      {
        unit: bad,
        state: 'held',
        code: 'REJECTED_LIMIT',
        finding: { code: 'REJECTED_LIMIT', severity: 'warning', message, at: { unit: bad.key } },
        sequence: null,
        counts: null,
        attempts: 1,
      },
    ]);
  });
});
