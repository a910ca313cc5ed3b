import type { Int64 } from '../json/json.ts';
import type { Program } from '../plan/ingestion-plan.ts';
import type { CommitOutcome } from '../sink/commit-outcome.ts';
import type { StagedFiles } from '../sink/table-writer.ts';
import type { AcceptedRollback } from './accepted-rollback.ts';
import type { UnitRecord } from './unit-record.ts';

/**
 * Owner of a ledger. `ingestion` is the spec's id. Both are 1-64 letters, digits, `_` or `-`: they become parts of property names,
 * wap ids and paths.
 */
export interface LedgerKey {
  tenant: string;
  ingestion: string;
}

/** How far one output of an intent is. `empty`: no rows, nothing to commit (never the first output). */
export type OutputState = 'planned' | 'staged' | 'committing' | 'committed' | 'aborted' | 'empty';

/** One output of an intent. */
export interface IntentOutput {
  state: OutputState;
  /** Table uuid at the time of the plan. */
  identity: string | 'absent';
  /** Id of the snapshot that will carry the rows: drawn once, used in every attempt. */
  snapshot: Int64;
  staged: StagedFiles[];
  /** One per request, in order. `outcome` null: not answered yet, or the answer was never journaled. */
  attempts: { head: Int64 | null; outcome: CommitOutcome['kind'] | null }[];
  /** Of the head at that time: the table was rolled back, and that is no reason to stop. */
  accepted?: AcceptedRollback;
}

/**
 * The announced commit: journaled before anything is written, so that whoever comes next can finish or replace it.
 *
 * `commitId` is derived from the ledger key, generation, sequence, unit keys and program hash. It holds no table uuid, since the
 * table may not exist yet. `generation` changes on reset, so an old plan or job cannot act on new state; `sequence` goes on from the
 * evidence in the table.
 */
export interface CommitIntent {
  key: LedgerKey;
  generation: string;
  sequence: number;
  commitId: string;
  /** Of the commit before this one, where there is one. Information only. */
  previousCommitId?: string;
  programHash: string;
  /** What finishing the intent needs, also in a process that never saw the plan. */
  program: Program;
  unitKeys: string[];
  /** Random per run, part of every file name: two workers on one intent never collide. */
  writerId: string;
  runId: string;
  plannedAt: string;
  /** The unit records that become part of the ledger with the commit. Empty until staged. */
  records: UnitRecord[];
  /** Records of versions whose rows the commit replaces; they change with it. Absent: none. */
  superseded?: UnitRecord[];
  outputs: Record<string, IntentOutput>;
}
