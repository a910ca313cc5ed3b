import type { CheckpointStore, Head } from '../checkpoint/checkpoint-store.ts';
import type { CommitIntent, LedgerKey } from '../checkpoint/commit-intent.ts';
import { plannedIntent, stagedIntent } from '../checkpoint/intent-journal.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { CalveError, errorData } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { judgedBy } from '../findings/judged-by.ts';
import { commitIdOf, jsonHasher } from '../plan/identities.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import { isOverwrite } from '../plan/is-overwrite.ts';
import { supersededRecords } from '../plan/superseded-records.ts';
import { assertPlanHolds, assertPlanUnchanged } from '../plan/verify-plan.ts';
import type { TableState } from '../sink/sink.ts';
import { type CalveConfiguration, randomId } from './calve-configuration.ts';
import { type CommitRequest, commitBatch } from './commit-batch.ts';
import { CommitRetry } from './commit-retry.ts';
import { endedBefore } from './ended-before.ts';
import { findUnopenable, isOpeningFault } from './find-unopenable.ts';
import { UnitFailure } from './load-unit.ts';
import { observeStaging } from './observe-staging.ts';
import { isIncomplete } from './plan-again.ts';
import { snapshotsOf } from './recover-run.ts';
import type { RunOptions } from './run-event.ts';
import type { RunTally } from './run-tally.ts';
import { isRejectedLimit, type StagedBatch, stageBatch } from './stage-batch.ts';

/** What applying needs besides the plan. */
export interface ApplyRequest extends CommitRequest {
  configuration: CalveConfiguration;
  store: CheckpointStore;
  tally: RunTally;
  writerId: string;
  /** The plan was made by this very run, and nobody else has seen it: nothing in it can have been changed. Default no. */
  isOwnPlan?: boolean;
  /** Unit states that do not make the run reject. */
  allow: NonNullable<RunOptions['allow']>;
  /** Asked about each unit that ended without being loaded: true keeps it out of the result, since the caller is going to plan it again. */
  isPlannedAgain?(record: UnitRecord): boolean;
}

/**
 * Applies one plan: announce, stage, prove the counts, commit. The same plan applied twice commits once, also from two processes at the
 * same time. A unit that cannot be read after all is set aside and the rest starts again without it.
 *
 * @throws {CalveError} `PLAN_STALE` (replan) when a precondition no longer holds, and what staging and committing throw.
 */
export async function applyPlan(plan: IngestionPlan, request: ApplyRequest): Promise<void> {
  const { patience, context, events, tally } = request;
  const retry = new CommitRetry(patience, context.environment, context.signal);
  for (let current = request; ; ) {
    try {
      return await applyOnce(plan, current);
    } catch (error) {
      // The plan still holds: what its rows replace is found when they are staged, on the table as it is then. Where another worker was at the
      // same commit, the next look shows how far it came.
      if (!CalveError.is(error) || error.code !== 'REWRITE_CONFLICT') throw error;
    }
    await retry.wait('rewrite-conflict', events);
    tally.reconsidered(plan.batch.units.map(({ unit }) => unit.key));
    // The files of the attempt that was given up may still be there.
    current = { ...request, writerId: randomId(context.environment, 4) };
  }
}

async function applyOnce(plan: IngestionPlan, request: ApplyRequest): Promise<void> {
  const { journal } = request;
  if (!request.isOwnPlan) assertPlanUnchanged(plan, jsonHasher(request.context.environment));
  await journal.load();
  if (await tellEndedBefore(plan, request)) return;
  if (journal.intent?.commitId === plan.batch.commitId && !isOnlyPlanned(journal.intent)) {
    setAside(plan.batch.setAside, request);
    return commitStaged(plan, request);
  }
  await assertHolds(plan, request);
  const isNothing = plan.batch.units.length === 0 && plan.batch.setAside.length === 0;
  // Whoever was waited for may have applied this very plan.
  if (!isNothing && (await request.lease.hold()) === 'waited') return applyOnce(plan, request);
  setAside(plan.batch.setAside, request);
  if (isPartOfOverwrite(plan, plan.batch.setAside)) {
    await recordOnly(plan, plan.batch.setAside, null, request);
    throw overwriteIncomplete(plan.batch.setAside);
  }
  await loadUnits(plan, request);
}

/** How often files with too many bad rows are left out. Where still more turn up, it is the spec that does not fit, and each start reads everything. */
const MOST_LEFT_OUT = 3;

/**
 * Tells what became of a plan that came to its end before: where it was committed, and its units that are in quarantine. What the plan left out
 * was told when it was applied.
 *
 * @returns false: the plan is still to be applied.
 */
export async function tellEndedBefore(plan: IngestionPlan, request: ApplyRequest): Promise<boolean> {
  const ended = await endedBefore(plan, request);
  if (ended?.applied) request.tally.appliedBefore(ended.applied);
  if (ended) setAside(ended.applied ? ended.setAside : [...plan.batch.setAside, ...ended.setAside], request);
  return ended !== null;
}

/** Loads the units of a plan in one commit; those that cannot be loaded after all are set aside, and the others start again without them. */
async function loadUnits(plan: IngestionPlan, request: ApplyRequest): Promise<void> {
  let current = plan;
  let announced: string | null = null;
  let leftOut = 0;
  for (let unrecorded: readonly UnitRecord[] = plan.batch.setAside; ; ) {
    if (current.batch.units.length === 0) {
      if (unrecorded.length > 0) await recordOnly(current, unrecorded, announced, request);
      return;
    }
    const outcome = await loadBatch(current, unrecorded, leftOut < MOST_LEFT_OUT, request);
    if (!(outcome instanceof UnitFailure)) return;
    announced = current.batch.commitId;
    if (outcome.records.some(isIncomplete)) {
      // What the unit turned out to have may belong to the columns of all of them: the others do not go before it.
      setAside(outcome.records, request);
      await recordOnly(current, unrecorded, announced, request);
      return;
    }
    if (isPartOfOverwrite(plan, outcome.records)) {
      setAside(outcome.records, request);
      await recordOnly(current, [...unrecorded, ...outcome.records], announced, request);
      throw overwriteIncomplete(outcome.records);
    }
    if (outcome.records.some(({ code }) => code === 'REJECTED_LIMIT')) leftOut += 1;
    current = withoutUnits(current, outcome.records, request);
    // Each new start reads everything again: where one file is gone, others may be, and they are found at once.
    const isGone = outcome.records.some(isOpeningFault);
    const gone = isGone ? await findUnopenable(current, request.connections, request.context) : [];
    unrecorded = [...outcome.records, ...gone];
    setAside(unrecorded, request);
    current = withoutUnits(current, gone, request);
  }
}

/** It may be loaded by a later run; what is in quarantine is not, unless the file changes. */
function mayCome({ state }: UnitRecord): boolean {
  return state === 'failed' || state === 'held';
}

/** What is missing from an overwrite would come later, alone, and take the place of everything that came now. */
function isPartOfOverwrite(plan: IngestionPlan, records: readonly UnitRecord[]): boolean {
  return isOverwrite(plan) && plan.batch.units.length > 0 && records.some(mayCome);
}

/** `OVERWRITE_INCOMPLETE`: a unit of an overwrite cannot be read now (retry), or waits for somebody (decide). */
function overwriteIncomplete(records: readonly UnitRecord[]): CalveError {
  const missing = records.filter(mayCome);
  const first = missing.find(({ state }) => state === 'held') ?? missing[0]!;
  const name = first.unit.kind === 'object' ? first.unit.uri : first.unit.key;
  const isHeld = first.state === 'held';
  const why = first.finding?.message ?? (isHeld ? 'It waits.' : 'It cannot be read now.');
  const then = isHeld ? 'Mend it or the spec, or take the file away' : 'Run again when it can be read';
  return new CalveError(
    'OVERWRITE_INCOMPLETE',
    `${name} is missing from what would replace the rows of the table, so nothing was replaced. ${why} ${then}.`,
    {
      recovery: isHeld ? { kind: 'decide', choices: ['change the spec as the findings propose', 'fix the files'] } : 'retry',
      context: { unit: first.unit.key, code: first.code ?? null },
      diagnostics: missing.flatMap(({ finding }) => finding ?? []),
    },
  );
}

function setAside(ended: readonly UnitRecord[], { tally, events, isPlannedAgain }: ApplyRequest): void {
  const records = isPlannedAgain ? ended.filter((record) => !isPlannedAgain(record)) : ended;
  for (const record of tally.setAside(records)) {
    // A known file under a new identity loaded nothing in this run: whoever adds up the events must not count its rows again.
    const told: UnitRecord = record.state === 'ingested' ? { ...record, state: 'skipped', sequence: null, counts: null } : record;
    events.emit({ kind: 'unit-finished', record: told });
  }
}

async function assertHolds(plan: IngestionPlan, { journal, connections, context }: ApplyRequest): Promise<void> {
  const tables: Record<string, TableState | 'absent'> = {};
  for (const output of plan.program.outputs)
    tables[output.name] = await (await connections.sink(output.sink)).inspect(output.target);
  assertPlanHolds(plan, { head: journal.current, tables, hash: jsonHasher(context.environment) });
}

/** @param announced Commit id of what this worker announced and did not stage: nobody is going to finish it. */
async function recordOnly(
  plan: IngestionPlan,
  units: readonly UnitRecord[],
  announced: string | null,
  { journal }: ApplyRequest,
): Promise<void> {
  for (;;) {
    const { intent } = journal;
    const isOurs = intent !== null && intent.commitId === announced && isOnlyPlanned(intent);
    // When somebody else changed the head, the records belong to it all the same; a ledger that was begun anew knows nothing of them.
    if (await journal.advance({ ...headOf(journal.current, plan), intent: isOurs ? null : intent }, units)) return;
    if (headOf(journal.current, plan).generation !== plan.batch.generation) return;
  }
}

function headOf(current: ApplyRequest['journal']['current'], plan: IngestionPlan): Omit<Head, 'tag'> {
  if (current === 'absent')
    return { generation: plan.batch.generation, committed: {}, commitId: null, intent: null, watermark: null };
  const unused = Object.keys(current.head.committed).length === 0;
  return unused ? { ...current.head, generation: plan.batch.generation } : current.head;
}

async function loadBatch(
  plan: IngestionPlan,
  unrecorded: readonly UnitRecord[],
  mayLeaveOut: boolean,
  request: ApplyRequest,
): Promise<UnitFailure | 'done'> {
  const { configuration, connections, context, writerId } = request;
  const { environment } = context;
  await environment.step('core.apply.announce');
  const mine = await announce(plan, unrecorded, request);
  if (mine === 'by-another-worker') return 'done';
  if (!isOnlyPlanned(mine)) {
    await commitStaged(plan, request);
    return 'done';
  }
  const observer = { ...observeStaging(plan, request.events), mayLeaveOut };
  let staged: Awaited<ReturnType<typeof stageBatch>>;
  try {
    await environment.step('core.apply.stage');
    staged = await stageBatch(plan, { ...mine, writerId }, configuration, connections, context, observer);
  } catch (error) {
    try {
      await forget(plan, error, request);
    } catch (failure) {
      // The next run drops the announcement; why staging failed is what the caller has to know.
      const { code, message } = errorData(failure);
      context.report({ code, severity: 'warning', message: `The announcement of the commit stays open: ${message}` });
    }
    if (isRejectedLimit(error) && request.allow.includes('held')) return 'done';
    throw error;
  }
  if (staged instanceof UnitFailure) return staged;
  await environment.step('core.apply.staged');
  const loaded = new Set(staged.records.map(({ unit }) => unit.key));
  const own = stagedIntent(mine, writerId, staged.records, staged.files, supersededRecords(plan.batch, loaded));
  if (!(await stageOrJoin(own, request, staged))) await staged.discard();
  await commitStaged(plan, request);
  return 'done';
}

/** Brings what is staged for a plan, by this worker or another one, into its tables. */
async function commitStaged({ program, batch }: IngestionPlan, request: ApplyRequest): Promise<void> {
  const { events, tally } = request;
  const end = await commitBatch(batch.commitId, request);
  if (end.kind === 'by-another-worker') return;
  for (const { name, changes } of program.outputs) {
    if (changes.length > 0 && end.intent.outputs[name]?.state === 'committed')
      events.emit({ kind: 'schema-changed', output: name, changes });
  }
  for (const record of end.intent.records) events.emit({ kind: 'unit-finished', record });
  tally.committed(end.intent.records, snapshotsOf(end.intent));
}

function isOnlyPlanned(intent: CommitIntent): boolean {
  return Object.values(intent.outputs).every(({ state }) => state === 'planned');
}

/** PLANNED. An intent for the same commit that another process announced is joined: its files and ours never collide. */
async function announce(
  plan: IngestionPlan,
  unrecorded: readonly UnitRecord[],
  request: ApplyRequest,
): Promise<CommitIntent | 'by-another-worker'> {
  const { journal, context, writerId } = request;
  for (;;) {
    const { intent } = journal;
    if (intent?.commitId === plan.batch.commitId) return intent;
    if (journal.current !== 'absent' && journal.current.head.commitId === plan.batch.commitId) return 'by-another-worker';
    // What was staged may have been sent, and only its own end may take it out of the journal.
    if (intent && !isOnlyPlanned(intent)) throw anotherIsFirst(journal.key);
    const head = headOf(journal.current, plan);
    const snapshots = Object.fromEntries(
      plan.program.outputs.map(({ name }) => [name, snapshotId(context.environment.random(8))]),
    );
    const planned = plannedIntent(plan, journal.key, head.commitId, {
      runId: context.runId,
      writerId,
      snapshots,
      accepted: head.accepted,
    });
    if (await journal.advance({ ...head, intent: planned }, unrecorded)) return planned;
    if (journal.intent && journal.intent.commitId !== plan.batch.commitId) throw anotherIsFirst(journal.key);
    if (!(journal.current !== 'absent' && journal.current.head.commitId === plan.batch.commitId))
      await assertHolds(plan, request);
  }
}

function anotherIsFirst({ ingestion }: LedgerKey): CalveError {
  return new CalveError(
    'CHECKPOINT_SUPERSEDED',
    `Another worker started on ingestion "${ingestion}" first; this one stops before it wrote anything.`,
    { recovery: 'retry' },
  );
}

/**
 * STAGED. When a worker that had announced the same batch gave up and took the announcement back, what is staged here is announced with it.
 *
 * @returns false: another worker was first, and surely nobody knows of the files that were written here.
 */
async function stageOrJoin(own: CommitIntent, { journal }: ApplyRequest, staged: StagedBatch): Promise<boolean> {
  await journal.load();
  for (let isTried = false; ; isTried = true) {
    const { intent } = journal;
    const isSame = intent?.commitId === own.commitId;
    if (intent && isSame && !isOnlyPlanned(intent)) return intent.writerId === own.writerId;
    // The answer to our own write may have been lost, and somebody may have gone on with these files.
    if (intent ? !isSame : !isNext(own, journal.current)) return isTried;
    const outputs = Object.fromEntries(
      Object.entries(own.outputs).map(([name, output]) => [
        name,
        { ...output, snapshot: intent?.outputs[name]?.snapshot ?? output.snapshot },
      ]),
    );
    try {
      if (await journal.advanceIntent({ ...own, outputs })) return true;
    } catch (error) {
      // Refused as somebody who was replaced, and never said anything before: surely nobody knows of the files.
      if (!isTried && CalveError.is(error) && error.code === 'CHECKPOINT_SUPERSEDED') await staged.discard();
      throw error;
    }
  }
}

/** Nothing was committed since the intent was announced. */
function isNext(intent: CommitIntent, current: ApplyRequest['journal']['current']): boolean {
  if (current === 'absent') return false;
  const { generation, commitId } = current.head;
  return generation === intent.generation && commitId === (intent.previousCommitId ?? null);
}

/** Nothing of a failed staging was sent, so its announcement goes away; with too many rejected rows its units wait. */
async function forget(plan: IngestionPlan, error: unknown, request: ApplyRequest): Promise<void> {
  const { journal } = request;
  if (journal.intent?.commitId !== plan.batch.commitId) return;
  const records = isRejectedLimit(error)
    ? plan.batch.units.map(({ unit }): UnitRecord => {
        const finding = limitFinding(error, unit.key);
        const observation = judgedBy(plan.spec);
        return { unit, state: 'held', finding, code: error.code, sequence: null, counts: null, attempts: 1, observation };
      })
    : [];
  // Lost: another worker staged the same batch, and ends it.
  if (await journal.advanceIntent(null, records)) setAside(records, request);
}

/** What staging found out about the first row, and what may be done. */
function limitFinding({ code, message, context, diagnostics }: CalveError, unit: string): Diagnostic {
  const { fixes } = context as { fixes?: Diagnostic['fixes'] };
  const [first] = diagnostics;
  const isOwn = first?.at?.unit === unit;
  return {
    ...{ code, severity: 'warning', message, at: (isOwn && first?.at) || { unit } },
    ...(isOwn && first?.evidence && { evidence: first.evidence }),
    ...(fixes && { fixes }),
  };
}

function withoutUnits(plan: IngestionPlan, gone: readonly UnitRecord[], { context, journal }: ApplyRequest): IngestionPlan {
  if (gone.length === 0) return plan;
  const keys = new Set(gone.map(({ unit }) => unit.key));
  const units = plan.batch.units.filter(({ unit }) => !keys.has(unit.key));
  const { generation, sequence } = plan.batch;
  const commitId = commitIdOf(
    jsonHasher(context.environment),
    journal.key,
    generation,
    sequence,
    units.map((planned) => planned.unit.key),
    plan.program.hash,
  );
  return { ...plan, batch: { ...plan.batch, units, commitId } };
}

/** A positive 63-bit number in digits. */
function snapshotId(random: Uint8Array): string {
  const bits = new DataView(random.buffer, random.byteOffset, 8).getBigUint64(0) & 0x7fff_ffff_ffff_ffffn;
  return String(bits || 1n);
}
