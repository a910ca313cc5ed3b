import { type AcceptedRollback, type AcceptedRollbacks, acceptedAfter } from '../checkpoint/accepted-rollback.ts';
import type { Head } from '../checkpoint/checkpoint-store.ts';
import type { CommitIntent } from '../checkpoint/commit-intent.ts';
import { CalveError } from '../errors/calve-error.ts';
import {
  isRollbackChoice,
  type RollbackChoice,
  type RollbackPreview,
  type RollbackResult,
  reingestUntold,
  rollbackUndecided,
} from '../ledger/accept-rollback.ts';
import { recordAfter } from '../ledger/gone-records.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { assertSameHistory } from './check-evidence.ts';
import { abandonOutputs } from './commit-batch.ts';
import { type LedgerRequest, ledgerMoved } from './ledger-request.ts';
import { recoverRun } from './recover-run.ts';
import { type RollbackSurvey, surveyRollback } from './survey-rollback.ts';

/** Finds out what accepting a rollback would mean. Reads ledger, tables and source; writes nothing. */
export async function previewAcceptRollback(spec: IngestionSpec, request: LedgerRequest): Promise<RollbackPreview> {
  await request.journal.load();
  return (await surveyed(spec, request)).preview;
}

/**
 * Goes on with tables that were rolled back. What is accepted is the evidence as it is on the history as it is: both are noted in the head of the
 * ledger, together with the records of the files, in one change.
 *
 * @param choice Without one, nothing is changed.
 * @throws {CalveError} `OPTIONS_INVALID` (decide): nothing was chosen; `TABLE_ROLLED_BACK` (decide): nobody can tell which files to load again;
 *   `CHECKPOINT_SUPERSEDED` (retry): another worker is at work; `CHECKPOINT_BEHIND`, `MARKER_BEHIND`, `MARKER_CONFLICT` (decide): ledger and table
 *   do not fit for another reason.
 */
export async function acceptRollback(
  spec: IngestionSpec,
  choice: RollbackChoice | undefined,
  request: LedgerRequest,
): Promise<RollbackResult> {
  const { journal, lease, context } = request;
  await journal.load();
  if (!isRollbackChoice(choice)) throw rollbackUndecided((await surveyed(spec, request)).preview);
  if (journal.current !== 'absent') await lease.hold();
  await settleOpen(request);
  const { preview, concerned, commits } = await surveyed(spec, request);
  if (journal.current === 'absent') throw ledgerMoved(journal.key);
  const { head } = journal.current;
  if (Object.keys(preview.tables).length === 0)
    return { outcome: 'nothing-to-accept', files: 0, back: 0, accepted: head.accepted ?? {} };
  if (choice.reingest && !preview.isTold) throw reingestUntold(preview);
  const records = concerned.map(({ record, fate }) => recordAfter(record, fate, choice));
  const accepted = acceptedRollbacks(spec.outputs[0]?.name ?? '', head.accepted, preview, choice);
  const { head: next, ended } = headAfter(head, accepted, commits, spec);
  await context.environment.step('core.accept-rollback.advance');
  if (!(await journal.advance(next, records))) throw ledgerMoved(journal.key);
  if (ended) await abandonOutputs(ended, request);
  return { outcome: 'accepted', files: preview.files.count + preview.gone.count, back: preview.back.count, accepted };
}

/** What is open and does not depend on the rollback comes to its end first. */
async function settleOpen(request: LedgerRequest): Promise<void> {
  try {
    await recoverRun(request, null);
  } catch (error) {
    if (!CalveError.is(error) || error.code !== 'TABLE_ROLLED_BACK') throw error;
  }
}

async function surveyed(spec: IngestionSpec, request: LedgerRequest): Promise<RollbackSurvey> {
  const { journal, store, connections } = request;
  await assertSameHistory(journal.key, journal.current, spec, connections, store.location);
  if (journal.current !== 'absent') return surveyRollback(spec, journal.current.head, request);
  throw new CalveError(
    'OPTIONS_INVALID',
    `The state ${store.location} has no ledger of ingestion "${journal.key.ingestion}", so there is nothing that could accept a rollback: the next run begins with the table as it is.`,
    { recovery: 'fix-input', context: { state: store.location } },
  );
}

/** Where the first table keeps its rows, no file loads again. @param main Name of the first output. */
function acceptedRollbacks(
  main: string,
  before: AcceptedRollbacks | undefined,
  { tables }: RollbackPreview,
  choice: RollbackChoice,
): AcceptedRollbacks {
  const accepted: Record<string, AcceptedRollback> = { ...before };
  for (const [name, { rollback, snapshot, head }] of Object.entries(tables)) {
    if (rollback === 'came-back') delete accepted[name];
    else accepted[name] = { snapshot, head, isReingested: main in tables && choice.reingest === true };
  }
  return accepted;
}

/** An open commit that is itself what went has come to its end; any other one goes on, and knows what was accepted. */
function headAfter(
  { tag: _tag, accepted: _before, ...head }: Head,
  accepted: AcceptedRollbacks,
  commits: RollbackSurvey['commits'],
  spec: IngestionSpec,
): { head: Omit<Head, 'tag'>; ended: CommitIntent | null } {
  const { intent } = head;
  const { name } = spec.outputs[0] as OutputSpec;
  const left = acceptedAfter(accepted, new Set());
  const next: Omit<Head, 'tag'> = { ...head, ...(left && { accepted: left }) };
  if (intent === null) return { head: next, ended: null };
  if (name in accepted && intent.sequence === commits.newest) {
    const { sequence, commitId } = intent;
    return { head: { ...next, committed: { ...head.committed, [name]: sequence }, commitId, intent: null }, ended: intent };
  }
  const outputs = Object.fromEntries(
    Object.entries(intent.outputs).map(([output, journaled]) => [
      output,
      accepted[output] ? { ...journaled, accepted: accepted[output] } : journaled,
    ]),
  );
  return { head: { ...next, intent: { ...intent, outputs } }, ended: null };
}
