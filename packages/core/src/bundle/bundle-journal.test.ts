import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { recordOf, unitOf } from '../plan/plan-values.fixture.ts';
import { BundleRecords } from './bundle-journal.ts';
import { BundleLabels } from './bundle-labels.ts';
import { BundleParts } from './bundle-parts.ts';

const sha256 = () => {
  const hash = createHash('sha256');
  return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => new Uint8Array(hash.digest()) };
};

describe('the records of a bundle', () => {
  it('are all counted, and of many those that wait and those of the newest commits are kept', () => {
    const records = new BundleRecords(new BundleLabels({ sha256 }, '', false));
    for (let sequence = 1; sequence <= 3000; sequence += 1) records.add(recordOf(unitOf(`${sequence}.csv`), { sequence }));
    records.add(recordOf(unitOf('bad.csv'), { state: 'held', code: 'OBJECT_SAME_CONTENT', sequence: null, counts: null }));
    const parts = new BundleParts();
    const { states, commits, records: kept } = records.finish(parts);
    expect(states).toEqual({ ingested: 3000, 'held OBJECT_SAME_CONTENT': 1 });
    expect(kept).toHaveLength(500);
    expect(kept.slice(0, 2).map(({ state, sequence }) => [state, sequence])).toEqual([
      ['held', null],
      ['ingested', 3000],
    ]);
    expect([commits.length, commits[0]?.sequence]).toEqual([100, 3000]);
    expect(parts.truncated).toEqual({ 'ledger.records': 2501, 'ledger.commits': 2900 });
  });
});
