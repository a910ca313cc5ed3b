import type { TableEvidence } from '@calve/core/plugin';

/** What the evidence in a table means for an intent. */
export type Decision =
  /** Our batch is not in the table, and the one before it is. */
  | 'send'
  | 'committed'
  /** A batch with our number but another commit: two histories. */
  | 'marker-conflict'
  /** The table is ahead: another worker went on, or our state is an old backup. Only the state store can tell which. */
  | 'table-ahead'
  /** The batch before ours is not in the table. */
  | 'marker-behind'
  | 'rolled-back'
  | 'rollback-undecidable'
  /** A rollback was accepted and its files were to be loaded again, and now their rows are back. */
  | 'snapshot-came-back';

/** What is compared. */
export interface DecisionFacts {
  /** Effective evidence of the table; `null`: none, or no table. */
  evidence: Pick<TableEvidence, 'sequence' | 'commitId' | 'rollback'> | null;
  sequence: number;
  commitId: string;
  /** The first output commits in every batch. The others skip batches without rows, so their evidence may lag. */
  isFirstOutput: boolean;
}

const ROLLBACKS = {
  'rolled-back': 'rolled-back',
  undecidable: 'rollback-undecidable',
  'came-back': 'snapshot-came-back',
} as const;

/** Decides from evidence whether a batch is sent. Evidence of the batch itself always wins over sending it. Pure. */
export function decide(facts: DecisionFacts): Decision {
  const { evidence, sequence, commitId, isFirstOutput } = facts;
  if (evidence === null) return sequence === 1 || !isFirstOutput ? 'send' : 'marker-behind';
  if (evidence.rollback) return ROLLBACKS[evidence.rollback];
  if (evidence.sequence > sequence) return 'table-ahead';
  if (evidence.sequence === sequence) return evidence.commitId === commitId ? 'committed' : 'marker-conflict';
  return evidence.sequence === sequence - 1 || !isFirstOutput ? 'send' : 'marker-behind';
}
