import { describe, expect, it } from 'vitest';
import type { DecisionFacts } from './decide.ts';
import { decide } from './decide.ts';

type Row = [
  what: string,
  evidence: DecisionFacts['evidence'],
  rollback: NonNullable<DecisionFacts['evidence']>['rollback'] | 'kept',
  sequence: number,
  first: string,
  other: string,
];
const ours = (sequence: number): DecisionFacts['evidence'] => ({ sequence, commitId: 'ours' });
const theirs = (sequence: number): DecisionFacts['evidence'] => ({ sequence, commitId: 'theirs' });

// `first`: of the output that commits in every batch; `other`: of outputs that skip batches without rows.
const table: Row[] = [
  ['no evidence, first batch', null, 'kept', 1, 'send', 'send'],
  ['no evidence, later batch', null, 'kept', 2, 'marker-behind', 'send'],
  ['the batch before', theirs(1), 'kept', 2, 'send', 'send'],
  ['an earlier batch', theirs(1), 'kept', 3, 'marker-behind', 'send'],
  ['our batch, our commit', ours(2), 'kept', 2, 'committed', 'committed'],
  ['our batch, another commit', theirs(2), 'kept', 2, 'marker-conflict', 'marker-conflict'],
  ['a later batch', theirs(3), 'kept', 2, 'table-ahead', 'table-ahead'],
  ['a later batch with our commit', ours(3), 'kept', 2, 'table-ahead', 'table-ahead'],
  ['the batch before, rolled back', theirs(1), 'rolled-back', 2, 'rolled-back', 'rolled-back'],
  ['our batch, rolled back', ours(2), 'rolled-back', 2, 'rolled-back', 'rolled-back'],
  [
    'the batch before, rolled back and then put back though its files load again',
    theirs(1),
    'came-back',
    2,
    'snapshot-came-back',
    'snapshot-came-back',
  ],
  ['the batch before, history expired', theirs(1), 'undecidable', 2, 'rollback-undecidable', 'rollback-undecidable'],
];

describe('decide', () => {
  it.each(table)('%s', (_what, evidence, rollback, sequence, first, other) => {
    const told = evidence && rollback !== 'kept' ? { ...evidence, ...(rollback && { rollback }) } : evidence;
    const facts = { evidence: told, sequence, commitId: 'ours' };
    expect(decide({ ...facts, isFirstOutput: true })).toBe(first);
    expect(decide({ ...facts, isFirstOutput: false })).toBe(other);
  });
});
