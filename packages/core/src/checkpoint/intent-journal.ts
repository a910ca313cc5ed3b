import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import type { CommitOutcome } from '../sink/commit-outcome.ts';
import type { StagedFiles } from '../sink/table-writer.ts';
import { type AcceptedRollbacks, acceptedAfter } from './accepted-rollback.ts';
import type { Head } from './checkpoint-store.ts';
import type { CommitIntent, IntentOutput, LedgerKey } from './commit-intent.ts';
import type { UnitRecord } from './unit-record.ts';

/** What a new intent draws at random. */
export interface IntentIds {
  runId: string;
  writerId: string;
  /** Per output: a positive 63-bit number in digits. */
  snapshots: Readonly<Record<string, string>>;
  /** Of the head that the intent follows. */
  accepted?: AcceptedRollbacks | undefined;
}

/** PLANNED: announces the commit of a plan. Pure. */
export function plannedIntent(
  plan: IngestionPlan,
  key: LedgerKey,
  previousCommitId: string | null,
  ids: IntentIds,
): CommitIntent {
  const { program, batch } = plan;
  const outputs: Record<string, IntentOutput> = {};
  for (const { name } of program.outputs) {
    const accepted = ids.accepted?.[name];
    const table = plan.preconditions.find((precondition) => precondition.kind === 'table' && precondition.output === name);
    outputs[name] = {
      state: 'planned',
      identity: table?.kind === 'table' ? table.identity : 'absent',
      snapshot: ids.snapshots[name] ?? '',
      staged: [],
      attempts: [],
      ...(accepted && { accepted }),
    };
  }
  return {
    key,
    generation: batch.generation,
    sequence: batch.sequence,
    commitId: batch.commitId,
    ...(previousCommitId === null ? {} : { previousCommitId }),
    programHash: program.hash,
    program,
    unitKeys: batch.units.map(({ unit }) => unit.key),
    writerId: ids.writerId,
    runId: ids.runId,
    plannedAt: batch.plannedAt,
    records: [],
    outputs,
  };
}

/** STAGED: the files are durable. An output without rows is `empty`, unless it is the first one, which always commits. Pure. */
export function stagedIntent(
  intent: CommitIntent,
  writerId: string,
  records: UnitRecord[],
  files: Readonly<Record<string, StagedFiles>>,
  superseded: UnitRecord[] = [],
): CommitIntent {
  const first = intent.program.outputs[0]?.name;
  const outputs = Object.fromEntries(
    Object.entries(intent.outputs).map(([name, output]): [string, IntentOutput] => {
      const staged = files[name];
      const rows = staged?.rows ?? 0;
      return [name, { ...output, state: rows > 0 || name === first ? 'staged' : 'empty', staged: staged ? [staged] : [] }];
    }),
  );
  return { ...intent, writerId, records, outputs, ...(superseded.length > 0 && { superseded }) };
}

/** COMMITTING: a request that asserts `head` is about to be sent. Pure. */
export function attemptedIntent(intent: CommitIntent, name: string, head: string | null): CommitIntent {
  return changeOutput(intent, name, (output) => ({
    ...output,
    state: 'committing',
    attempts: [...output.attempts, { head, outcome: null }],
  }));
}

/** Notes the answer to the last request of an output. Pure. */
export function answeredIntent(intent: CommitIntent, name: string, outcome: CommitOutcome['kind']): CommitIntent {
  return changeOutput(intent, name, (output) => ({
    ...output,
    attempts: output.attempts.map((attempt, index) => (index === output.attempts.length - 1 ? { ...attempt, outcome } : attempt)),
  }));
}

/** COMMITTED: the rows of an output are in its table. Pure. */
export function committedIntent(intent: CommitIntent, name: string, snapshot: string): CommitIntent {
  return changeOutput(intent, name, (output) => ({ ...output, state: 'committed', snapshot }));
}

/** The head after all outputs ended: the units belong to the ledger, the intent is gone. Pure. */
export function finishedHead(head: Head, intent: CommitIntent): Omit<Head, 'tag'> {
  const committed = { ...head.committed };
  const names = Object.keys(intent.outputs).filter((name) => intent.outputs[name]?.state === 'committed');
  for (const name of names) committed[name] = intent.sequence;
  const { generation, commitId } = intent;
  const accepted = acceptedAfter(head.accepted, new Set(names));
  const modes = modesAfter(head.modes, intent, names);
  const { watermark } = head;
  return { generation, committed, commitId, intent: null, watermark, ...(accepted && { accepted }), ...(modes && { modes }) };
}

function modesAfter(before: Head['modes'], { program }: CommitIntent, committed: readonly string[]): Head['modes'] {
  const now = program.outputs.filter(({ name }) => committed.includes(name)).map(({ name, mode }) => [name, mode] as const);
  const modes = Object.entries({ ...before, ...Object.fromEntries(now) }).filter(([, { kind }]) => kind !== 'append');
  return modes.length === 0 ? undefined : Object.fromEntries(modes);
}

/** Nobody ever sent a request for it, so it may be replaced. */
export function wasNeverSent(intent: CommitIntent): boolean {
  return Object.values(intent.outputs).every(({ state, attempts }) => attempts.length === 0 && state !== 'committed');
}

/** Every request that was sent got a definite no. */
export function wasDefinitelyNotApplied(intent: CommitIntent): boolean {
  return Object.values(intent.outputs).every(
    ({ state, attempts }) =>
      state !== 'committed' && attempts.every(({ outcome }) => outcome === 'refused' || outcome === 'conflict'),
  );
}

/** The first output, in program order, that still has to be committed. */
export function nextOutput(intent: CommitIntent): string | undefined {
  return intent.program.outputs.find(({ name }) => !['committed', 'empty'].includes(intent.outputs[name]?.state ?? 'empty'))
    ?.name;
}

function changeOutput(intent: CommitIntent, name: string, change: (output: IntentOutput) => IntentOutput): CommitIntent {
  const output = intent.outputs[name];
  return output ? { ...intent, outputs: { ...intent.outputs, [name]: change(output) } } : intent;
}
