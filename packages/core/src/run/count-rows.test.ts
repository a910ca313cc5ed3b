import { describe, expect, it } from 'vitest';
import type { RowCounts } from '../checkpoint/unit-record.ts';
import { recordOf, unitOf } from '../plan/plan-values.fixture.ts';
import { assertCounts, assertTotals, noCounts, sumCounts } from './count-rows.ts';

const counts = (changes: Partial<RowCounts>): RowCounts => ({ ...noCounts(), ...changes });
const record = (name: string, main: Partial<RowCounts>, rejected: Partial<RowCounts> = {}) =>
  recordOf(unitOf(name), { counts: { main: counts(main), rejected: counts(rejected) } });
const files = (main: number, rejected: number) => ({ main: { files: [], rows: main }, rejected: { files: [], rows: rejected } });

describe('sumCounts', () => {
  it('adds every count per output, and nothing for units that cannot be counted', () => {
    const unreadable = recordOf(unitOf('c.csv'), { counts: null });
    const sum = sumCounts([
      record('a.csv', { read: 3, written: 2, rejected: 1 }),
      unreadable,
      record('b.csv', { read: 4, written: 4 }),
    ]);
    expect(sum['main']).toEqual(counts({ read: 7, written: 6, rejected: 1 }));
    expect(sumCounts([])).toEqual({});
  });

  it('leaves its summands as they were', () => {
    const one = record('a.csv', { read: 1, written: 1 });
    const before = JSON.stringify(one);
    sumCounts([one, one]);
    expect(JSON.stringify(one)).toBe(before);
  });
});

describe('the counting law', () => {
  it.each<[string, Partial<RowCounts>]>([
    ['written', { read: 5, written: 5 }],
    ['rejected', { read: 5, written: 3, rejected: 2 }],
    ['filtered and deduplicated', { read: 5, written: 1, filtered: 2, deduplicated: 2 }],
    ['expanded', { read: 5, expanded: 3, written: 8 }],
    ['replaced rows do not count', { read: 5, written: 5, replaced: 9 }],
  ])('holds: %s', (_, main) => {
    expect(() => assertCounts([record('a.csv', main)], files(main.written ?? 0, 0))).not.toThrow();
  });

  it.each<[string, Partial<RowCounts>]>([
    ['a row is gone', { read: 5, written: 4 }],
    ['a row came from nowhere', { read: 5, written: 6 }],
    ['a row is counted twice', { read: 5, written: 5, rejected: 1 }],
  ])('is broken: %s', (_, main) => {
    expect(() => assertCounts([record('a.csv', { read: 1, written: 1 }), record('b.csv', main)], files(1, 0))).toThrow(
      expect.objectContaining({
        code: 'COUNT_MISMATCH',
        recovery: { kind: 'report' },
        message: expect.stringContaining('file:///landing/b.csv, output "main"'),
      }),
    );
  });

  it('is broken when errors of two units would cancel out', () => {
    const both = [record('a.csv', { read: 5, written: 4 }), record('b.csv', { read: 5, written: 6 })];
    expect(() => assertCounts(both, files(10, 0))).toThrow(/a\.csv/);
  });

  it('is broken when the files do not hold what was handed to them', () => {
    expect(() => assertCounts([record('a.csv', { read: 5, written: 5 })], files(4, 0))).toThrow(
      'Output "main": 5 rows were handed to the writer, but the footers of its files hold 4 new ones. Nothing was committed.',
    );
    expect(() => assertCounts([], files(0, 1))).toThrow(expect.objectContaining({ code: 'COUNT_MISMATCH' }));
  });
});

describe('the totals of a batch', () => {
  const records = [record('a.csv', { read: 6, written: 4, rejected: 2 })];

  it('compare what was read with what both tables hold', () => {
    expect(() => assertTotals(records, files(4, 2), 'main', 'rejected')).not.toThrow();
    for (const [main, rejected] of [
      [4, 1],
      [3, 2],
      [5, 2],
    ] as const) {
      expect(() => assertTotals(records, files(main, rejected), 'main', 'rejected')).toThrow(
        expect.objectContaining({ code: 'COUNT_MISMATCH' }),
      );
    }
  });

  it('do not believe that rows were rejected when there is no table for them', () => {
    expect(() => assertTotals(records, { main: { files: [], rows: 4 } }, 'main', null)).toThrow(
      expect.objectContaining({ code: 'COUNT_MISMATCH' }),
    );
  });
});
