import { describe, expect, it } from 'vitest';
import { planOf, recordOf, unitOf } from '../plan/plan-values.fixture.ts';
import type { CommitOutcome } from '../sink/commit-outcome.ts';
import type { Head } from './checkpoint-store.ts';
import type { CommitIntent, OutputState } from './commit-intent.ts';
import {
  answeredIntent,
  attemptedIntent,
  committedIntent,
  finishedHead,
  nextOutput,
  plannedIntent,
  stagedIntent,
  wasDefinitelyNotApplied,
  wasNeverSent,
} from './intent-journal.ts';

const key = { tenant: 'default', ingestion: 'orders' };
const ids = { runId: 'run', writerId: 'writer', snapshots: { main: '11', rejected: '22' } };
const planned = plannedIntent(planOf(), key, 'commit-0', ids);
const records = [recordOf(unitOf('a.csv'))];
const file = (rows: number) => ({ files: [{ path: `${rows} rows` }], rows });

function staged(rows: { main: number; rejected: number }): CommitIntent {
  return stagedIntent(planned, 'writer', records, { main: file(rows.main), rejected: file(rows.rejected) });
}

function states(intent: CommitIntent): Record<string, OutputState> {
  return Object.fromEntries(Object.entries(intent.outputs).map(([name, { state }]) => [name, state]));
}

function sent(...outcomes: (CommitOutcome['kind'] | null)[]): CommitIntent {
  return outcomes.reduce(
    (intent, outcome) => {
      const attempted = attemptedIntent(intent, 'main', null);
      return outcome === null ? attempted : answeredIntent(attempted, 'main', outcome);
    },
    staged({ main: 1, rejected: 0 }),
  );
}

describe('the way of an intent', () => {
  it('begins as planned, with everything that finishing it needs', () => {
    expect(planned).toMatchObject({
      commitId: 'commit-1',
      previousCommitId: 'commit-0',
      sequence: 1,
      unitKeys: ['file:///landing/a.csv#1', 'file:///landing/b.csv#1'],
      plannedAt: '2026-01-02T03:04:05.678Z',
      records: [],
      outputs: {
        main: { state: 'planned', identity: 'absent', snapshot: '11', staged: [], attempts: [] },
        rejected: { state: 'planned', snapshot: '22' },
      },
    });
    expect(plannedIntent(planOf(), key, null, ids)).not.toHaveProperty('previousCommitId');
    expect(JSON.parse(JSON.stringify(planned))).toEqual(planned);
  });

  it('takes the identity of a table that exists', () => {
    const table = { kind: 'table', output: 'main', identity: 'uuid', schemaId: 1, partitionSpecId: 0 } as const;
    expect(plannedIntent(planOf({ preconditions: [table] }), key, null, ids).outputs).toMatchObject({
      main: { identity: 'uuid' },
      rejected: { identity: 'absent' },
    });
  });

  it('leaves out tables without rows, but never the first one', () => {
    expect(states(staged({ main: 0, rejected: 0 }))).toEqual({ main: 'staged', rejected: 'empty' });
    expect(states(staged({ main: 5, rejected: 1 }))).toEqual({ main: 'staged', rejected: 'staged' });
    expect(states(stagedIntent(planned, 'other', [], {}))).toEqual({ main: 'staged', rejected: 'empty' });
    expect(staged({ main: 1, rejected: 0 })).toMatchObject({ records, writerId: 'writer' });
  });

  it('notes each attempt before its answer', () => {
    const attempted = attemptedIntent(attemptedIntent(staged({ main: 1, rejected: 0 }), 'main', null), 'main', '10');
    expect(attempted.outputs['main']).toMatchObject({
      state: 'committing',
      attempts: [
        { head: null, outcome: null },
        { head: '10', outcome: null },
      ],
    });
    // Only the last request is answered; the first answer was never heard.
    expect(answeredIntent(attempted, 'main', 'conflict').outputs['main']?.attempts).toEqual([
      { head: null, outcome: null },
      { head: '10', outcome: 'conflict' },
    ]);
  });

  it('goes through the outputs in program order', () => {
    const both = staged({ main: 1, rejected: 1 });
    expect(nextOutput(both)).toBe('main');
    const first = committedIntent(both, 'main', '99');
    expect(first.outputs['main']).toMatchObject({ state: 'committed', snapshot: '99' });
    expect(nextOutput(first)).toBe('rejected');
    expect(nextOutput(committedIntent(first, 'rejected', '22'))).toBeUndefined();
    expect(nextOutput(committedIntent(staged({ main: 1, rejected: 0 }), 'main', '11'))).toBeUndefined();
  });

  it('ends in a head without it, which counts only the outputs that committed', () => {
    const head: Head = {
      generation: 'old',
      committed: { main: 6, rejected: 3 },
      commitId: 'commit-0',
      intent: planned,
      watermark: { at: 1 },
      tag: 't',
    };
    const done = committedIntent({ ...staged({ main: 1, rejected: 0 }), sequence: 7 }, 'main', '11');
    expect(finishedHead(head, done)).toEqual({
      generation: 'generation',
      committed: { main: 7, rejected: 3 },
      commitId: 'commit-1',
      intent: null,
      watermark: { at: 1 },
    });
  });

  it('changes nothing of what it was given, and nothing for an output that is not there', () => {
    const before = JSON.stringify(planned);
    expect(attemptedIntent(planned, 'other', null)).toBe(planned);
    staged({ main: 1, rejected: 1 });
    sent('refused');
    expect(JSON.stringify(planned)).toBe(before);
  });
});

describe('what may be done with an intent that is found', () => {
  it.each<[string, CommitIntent, { neverSent: boolean; notApplied: boolean }]>([
    ['planned', planned, { neverSent: true, notApplied: true }],
    ['staged', staged({ main: 1, rejected: 1 }), { neverSent: true, notApplied: true }],
    ['sent, not answered', sent(null), { neverSent: false, notApplied: false }],
    ['unknown', sent('unknown'), { neverSent: false, notApplied: false }],
    ['refused', sent('refused'), { neverSent: false, notApplied: true }],
    ['conflict, refused', sent('conflict', 'refused'), { neverSent: false, notApplied: true }],
    ['unknown, refused', sent('unknown', 'refused'), { neverSent: false, notApplied: false }],
    ['not answered, refused', sent(null, 'refused'), { neverSent: false, notApplied: false }],
    [
      'found in the table without a request of ours',
      committedIntent(staged({ main: 1, rejected: 1 }), 'main', '11'),
      { neverSent: false, notApplied: false },
    ],
  ])('%s', (_, intent, expected) => {
    expect({ neverSent: wasNeverSent(intent), notApplied: wasDefinitelyNotApplied(intent) }).toEqual(expected);
  });
});
