import { describe, expect, it } from 'vitest';
import type { Head } from '../checkpoint/checkpoint-store.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { recordOf, unitOf } from '../plan/plan-values.fixture.ts';
import type { TableCommit } from '../sink/sink.ts';
import { commitOf, type HistoryFacts, pageOfHistory, sumRecords } from './commit-history.ts';

const head: Head = { generation: 'g', committed: { main: 3 }, commitId: 'c3', intent: null, watermark: null, tag: 't' };
const evidence = { generation: 'g', sequence: 3, commitId: 'c3', snapshot: '33', kept: 'property' as const };

function listed(sequence: number, state: TableCommit['state'] = 'live', snapshot = `${sequence}${sequence}`): TableCommit {
  const at = '2026-01-01T00:00:00.000Z';
  return { generation: 'g', sequence, commitId: `c${sequence}`, snapshot, at, units: 1, rejectedRows: 0, state };
}

function facts(changes: Partial<HistoryFacts> = {}): HistoryFacts {
  return { head, ledger: new Map(), tables: { main: { evidence, commits: [listed(3), listed(2)] } }, first: 'main', ...changes };
}

describe('a commit, from ledger and table', () => {
  it.each<[string, number, Partial<HistoryFacts>, { state: string; says: RegExp | null }]>([
    ['in both', 3, {}, { state: 'live', says: null }],
    ['whose snapshot has expired', 1, {}, { state: 'expired', says: null }],
    [
      'that only the ledger knows',
      3,
      { tables: { main: { evidence: null, commits: [] } } },
      { state: 'none', says: /the table does not\.$/ },
    ],
    [
      'that only the table knows',
      3,
      { head: { ...head, committed: { main: 2 }, commitId: 'c2' } },
      { state: 'live', says: /the ledger does not know it/ },
    ],
    ['that only the table knows, without a ledger', 1, { head: null }, { state: 'expired', says: /the ledger does not know it/ }],
    [
      'that was rolled back',
      3,
      { tables: { main: { evidence, commits: [listed(3, 'rolled-back'), listed(2)] } } },
      { state: 'rolled-back', says: /rolled back to before this commit: its rows are not in the table/ },
    ],
    [
      'of which nobody can tell whether it was rolled back',
      3,
      { tables: { main: { evidence, commits: [listed(3, 'undecidable')] } } },
      { state: 'undecidable', says: /cannot be told/ },
    ],
    [
      'that was rolled back and made again',
      3,
      { tables: { main: { evidence, commits: [listed(3, 'rolled-back', '1'), listed(3)] } } },
      { state: 'live', says: null },
    ],
    ['of another history', 3, { head: { ...head, commitId: 'other' } }, { state: 'live', says: /different histories/ }],
  ])('%s', (_, sequence, changes, expected) => {
    const commit = commitOf(sequence, facts(changes));
    expect(commit.outputs['main']?.state).toBe(expected.state);
    if (expected.says === null) expect(commit.difference).toBeNull();
    else expect(commit.difference).toMatch(expected.says);
  });

  it('the snapshot of the newest is known from the evidence, where the sink keeps no history', () => {
    const { outputs, commitId } = commitOf(3, facts({ tables: { main: { evidence, commits: [] } } }));
    expect({ outputs, commitId }).toEqual({ outputs: { main: { snapshot: '33', state: 'expired' } }, commitId: 'c3' });
  });
});

describe('pages of a history', () => {
  it.each([
    [10, undefined, { newest: 3, oldest: 1, next: null }],
    [2, undefined, { newest: 3, oldest: 2, next: 2 }],
    [2, 2, { newest: 1, oldest: 1, next: null }],
    [1, 1, { newest: 0, oldest: 1, next: null }],
  ])('of %i below %s', (limit, before, expected) => {
    expect(pageOfHistory(facts(), limit, before)).toEqual(expected);
  });
});

it('records of commits are added up; those that loaded nothing are not', async () => {
  async function* records(): AsyncGenerator<UnitRecord> {
    yield recordOf(unitOf('a.csv'));
    yield recordOf(unitOf('b.csv'));
    yield recordOf(unitOf('c.csv'), { finding: { code: 'OBJECT_UNCHANGED', severity: 'info', message: 'touched' } });
    yield recordOf(unitOf('d.csv'), { state: 'held' });
    yield recordOf(unitOf('e.csv'), { sequence: null, counts: null });
    yield recordOf(unitOf('f.csv'), { sequence: 2 });
    // Loaded in commit 1, replaced in commit 2; and one of which nobody knows where it was loaded.
    yield recordOf(unitOf('g.csv'), { state: 'skipped', code: 'OBJECT_REPLACED', sequence: 2, loadedIn: 1 });
    yield recordOf(unitOf('h.csv'), { state: 'skipped', code: 'OBJECT_REPLACED', sequence: 2 });
  }
  const sums = await sumRecords(records());
  expect(
    [...sums].map(([sequence, { units, counts, replaced }]) => [sequence, units, counts['main']?.written, replaced]),
  ).toEqual([
    [1, 3, 6, { units: 1, written: { main: 2 } }],
    [2, 1, 2, { units: 0, written: {} }],
  ]);
});

describe('counts of a commit', () => {
  const { counts } = recordOf(unitOf('a.csv')) as { counts: NonNullable<UnitRecord['counts']> };
  const ofOne = (replaced: number) =>
    new Map([[2, { units: 1, counts, replaced: { units: replaced, written: replaced > 0 ? { main: 2 } : {} } }]]);

  it('are those of then, also when a file was replaced since', () => {
    expect(commitOf(2, facts({ ledger: ofOne(1) }))).toMatchObject({ units: 1, counts, replacedSince: { units: 1, rows: 2 } });
    expect(commitOf(2, facts({ ledger: ofOne(0) }))).toMatchObject({ units: 1, counts, replacedSince: null });
  });

  it('are not told where the table knows of a file that the ledger does not know any more', () => {
    const tables = { main: { evidence, commits: [{ ...listed(2), units: 2 }] } };
    expect(commitOf(2, facts({ ledger: ofOne(0), tables }))).toMatchObject({ units: 2, counts: null });
  });
});
