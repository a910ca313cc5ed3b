import { type AcceptedRollback, type AcceptedRollbacks, acceptedAfter } from '../checkpoint/accepted-rollback.ts';
import type { Head } from '../checkpoint/checkpoint-store.ts';
import type { CommitIntent, IntentOutput } from '../checkpoint/commit-intent.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
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
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
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
 * ledger, together with the records of the files, in one change. An open commit of which nobody can say yet whether it went comes to its end before.
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
  const main = spec.outputs[0]?.name ?? '';
  const isGoneItself = main in preview.tables && head.intent?.sequence === commits.newest;
  if (head.intent && isGoneItself && !maySurelyEnd(head.intent, main, preview)) {
    await endOpen(head, head.intent, preview, request);
    return acceptRollback(spec, choice, request);
  }
  const accepted = acceptedRollbacks(main, head.accepted, preview, choice);
  const open = isGoneItself ? 'went' : loadsAgain(head.intent, concerned) ? 'dropped' : 'goes-on';
  const next = headAfter(head, accepted, preview, main, open);
  const changed = concerned.map(({ record, fate }) => recordAfter(record, fate, choice));
  const known = new Set(changed.map(({ unit }) => unit.key));
  const others = open === 'went' ? (head.intent?.records ?? []).filter(({ unit }) => !known.has(unit.key)) : [];
  await context.environment.step('core.accept-rollback.advance');
  if (!(await journal.advance(next, [...changed, ...others]))) throw ledgerMoved(journal.key);
  if (head.intent && open !== 'goes-on') await abandonOutputs(head.intent, request);
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

/**
 * Whether an open commit that readers do not see any more may be dropped: its rows went for certain, and no request of it that was never answered can
 * still change another table. Such a request asserts what readers saw then, so it is refused where they see something else.
 */
function maySurelyEnd({ outputs }: CommitIntent, main: string, { tables }: RollbackPreview): boolean {
  if (tables[main]?.rollback !== 'rolled-back') return false;
  return Object.entries(outputs).every(
    ([name, { state, attempts }]) =>
      name === main ||
      state === 'committed' ||
      attempts.every(
        ({ head, outcome }) => outcome === 'refused' || outcome === 'conflict' || (name in tables && tables[name]?.head !== head),
      ),
  );
}

/** Brings the open commit to its end on the tables as they are now, so that the ledger knows its files, and nothing of it is under way. */
async function endOpen(
  { tag: _tag, ...head }: Head,
  intent: CommitIntent,
  { tables }: RollbackPreview,
  request: LedgerRequest,
): Promise<void> {
  const accepted = Object.entries(tables).map(([name, { snapshot, head: seen }]): [string, AcceptedRollback] => [
    name,
    { snapshot, head: seen, isReingested: false },
  ]);
  const next = { ...head, intent: withAccepted(intent, Object.fromEntries(accepted), tables) };
  if (!(await request.journal.advance(next, []))) throw ledgerMoved(request.journal.key);
  await recoverRun(request, null);
}

/**
 * Whether an open commit is about to load files again whose rows have come back. It was planned on a table without them, and what it has sent asserts
 * that table.
 */
function loadsAgain(intent: CommitIntent | null, concerned: RollbackSurvey['concerned']): boolean {
  const back = new Set(concerned.flatMap(({ record, fate }) => (fate === 'back' ? placesOf([record]) : [])));
  return placesOf(intent?.records ?? []).some((place) => back.has(place));
}

function placesOf(records: readonly UnitRecord[]): string[] {
  return records.flatMap(({ unit }) => (unit.kind === 'object' ? [unit.place] : []));
}

/** What came back is accepted no longer. */
function withAccepted(intent: CommitIntent, accepted: AcceptedRollbacks, tables: RollbackPreview['tables']): CommitIntent {
  const outputs = Object.entries(intent.outputs).map(([name, output]): [string, IntentOutput] => {
    if (!(name in tables)) return [name, output];
    const { accepted: _before, ...journaled } = output;
    const own = accepted[name];
    return [name, own ? { ...journaled, accepted: own } : journaled];
  });
  return { ...intent, outputs: Object.fromEntries(outputs) };
}

/** @param open The open commit is what went, and has come to its end; or it must not happen any more; or it goes on, and knows what was accepted. */
function headAfter(
  { tag: _tag, accepted: _before, ...head }: Head,
  accepted: AcceptedRollbacks,
  { tables }: RollbackPreview,
  main: string,
  open: 'went' | 'dropped' | 'goes-on',
): Omit<Head, 'tag'> {
  const { intent } = head;
  const left = acceptedAfter(accepted, new Set());
  const next: Omit<Head, 'tag'> = { ...head, ...(left && { accepted: left }) };
  if (intent === null) return next;
  if (open === 'dropped') return { ...next, intent: null };
  if (open === 'goes-on') return { ...next, intent: withAccepted(intent, accepted, tables) };
  const { sequence, commitId } = intent;
  return { ...next, committed: { ...head.committed, [main]: sequence }, commitId, intent: null };
}
