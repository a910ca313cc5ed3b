import { describe, expect, it } from 'vitest';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { unitOf } from '../plan/plan-values.fixture.ts';
import { noCounts } from '../run/count-rows.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { Arrivals } from './arrivals.ts';
import { type OpenRejection, replayUnit } from './open-rejections.ts';

const [a, b] = [unitOf('a.csv'), { ...unitOf('b.csv'), modifiedAt: '2026-02-01T00:00:00.000Z' }];

function loaded(unit: ObjectUnit, sequence: number, written: number): UnitRecord {
  return { unit, state: 'ingested', sequence, counts: { main: { ...noCounts(), read: written, written } }, attempts: 1 };
}

function rejectedIn(of: ObjectUnit, sequence: number): OpenRejection {
  return { of, sequence, rows: 1, read: null };
}

/** A record of rows that a commit had rejected and that went again. */
function again(of: ObjectUnit, from: number, sequence: number, written: number): UnitRecord {
  return loaded(replayUnit(rejectedIn(of, from), 10), sequence, written);
}

function arrivalsOf(...records: UnitRecord[]): Arrivals {
  const arrivals = new Arrivals();
  for (const record of records) arrivals.add(record, 'main');
  return arrivals;
}

describe('rejected rows', () => {
  it('are overtaken by rows of a later commit, and of a file that is merged later in their own', () => {
    expect(arrivalsOf(loaded(a, 1, 5)).isOvertaken(rejectedIn(a, 1))).toBe(false);
    expect(arrivalsOf(loaded(a, 1, 5), loaded(b, 2, 5)).isOvertaken(rejectedIn(a, 1))).toBe(true);
    expect(arrivalsOf(loaded(a, 1, 5), loaded(b, 1, 5)).isOvertaken(rejectedIn(a, 1))).toBe(true);
    expect(arrivalsOf(loaded(a, 1, 5), loaded(b, 1, 5)).isOvertaken(rejectedIn(b, 1))).toBe(false);
  });

  it('are not overtaken by files without rows; those that nobody counted may have some', () => {
    expect(arrivalsOf(loaded(a, 1, 5), loaded(b, 2, 0)).isOvertaken(rejectedIn(a, 1))).toBe(false);
    expect(arrivalsOf(loaded(a, 1, 5), { ...loaded(b, 2, 0), counts: null }).isOvertaken(rejectedIn(a, 1))).toBe(true);
  });

  it('that go again came when they were rejected first, however often that was', () => {
    // Those of a.csv went in commit 2 and were rejected once more, those of b.csv were loaded in commit 3.
    const first = [loaded(a, 1, 0), loaded(b, 1, 0), again(a, 1, 2, 0)];
    expect(arrivalsOf(...first).isOvertaken(rejectedIn(a, 2))).toBe(false);
    expect(arrivalsOf(...first, again(b, 1, 3, 1)).isOvertaken(rejectedIn(a, 2))).toBe(true);
    expect(arrivalsOf(...first, again(a, 2, 3, 1)).isOvertaken(rejectedIn(b, 1))).toBe(false);
    expect(arrivalsOf(...first).compare(rejectedIn(a, 2), rejectedIn(b, 1))).toBeLessThan(0);
  });
});
