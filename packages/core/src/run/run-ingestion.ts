import { errorData } from '../errors/calve-error.ts';
import { jsonHasher } from '../plan/identities.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import { summarizeSetAside } from '../plan/summarize-set-aside.ts';
import { assertPlanUnchanged } from '../plan/verify-plan.ts';
import type { ReplayFilter } from '../replay/replay-filter.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { type ApplyRequest, applyPlan, tellEndedBefore } from './apply-plan.ts';
import { callContext, randomId } from './calve-configuration.ts';
import { withConnections } from './connections.ts';
import { Journal } from './journal.ts';
import { LedgerLease } from './ledger-lease.ts';
import { PlanAgain } from './plan-again.ts';
import { planIngestion } from './plan-ingestion.ts';
import { recoverRun } from './recover-run.ts';
import { replayIngestion } from './replay/replay-ingestion.ts';
import type { RunResult } from './run-event.ts';
import { RunTally } from './run-tally.ts';
import type { RunTask, StartedRun } from './start-run.ts';
import { tellDegraded } from './tell-degraded.ts';

/** Does what a run was started for. Emits the events of it up to `run-finished`. @throws {CalveError} what must not be overlooked. */
export async function runIngestion(task: RunTask, run: StartedRun): Promise<RunResult> {
  const { events, options } = run;
  const tally = new RunTally();
  let conclusion: ReturnType<RunTally['conclude']>;
  try {
    await connected(task, run, tally);
    conclusion = tally.conclude(options.allow);
  } catch (error) {
    conclusion = tally.fail(errorData(error));
    // Where it was thrown is what somebody who looks into a defect needs.
    if (error instanceof Error && error.stack && conclusion.error) conclusion.error.stack = error.stack;
  }
  events.emit({ kind: 'run-finished', result: conclusion.result });
  if (conclusion.error) throw conclusion.error;
  return conclusion.result;
}

async function connected(
  task: RunTask,
  { key, runId, events, signal, options, settings }: StartedRun,
  tally: RunTally,
): Promise<void> {
  const { configuration, patience } = settings;
  const { environment } = configuration;
  const context = callContext(configuration, {
    tenant: key.tenant,
    runId,
    signal,
    report: (diagnostic) => events.emit({ kind: 'finding', diagnostic }),
    onWaiting: () => events.emit({ kind: 'waiting', reason: 'quota' }),
  });
  await withConnections(configuration, context, async (connections) => {
    const store = await configuration.store();
    events.emit({ kind: 'run-started', engine: 'in-process', state: store.location });
    const lease = new LedgerLease({
      leases: store.leases,
      key,
      context,
      durationMilliseconds: settings.leaseMilliseconds,
      ...(options.ifBusy === undefined ? {} : { ifBusy: options.ifBusy }),
      onWaiting: (heldBy) => events.emit({ kind: 'waiting', reason: 'lease', heldBy }),
    });
    const journal = new Journal(store, key, environment, lease);
    const writerId = randomId(environment, 4);
    const allow = options.allow ?? [];
    try {
      await perform(task, {
        ...{ journal, lease, connections, context, events, patience, configuration, store, tally, writerId, allow },
      });
    } finally {
      await lease.release();
    }
  });
}

function perform(task: RunTask, request: ApplyRequest): Promise<void> {
  if (task.kind === 'apply') return applyOne(task.plan, request);
  return task.kind === 'run' ? runAll(task.spec, request) : replayAll(task.spec, task.filter, request);
}

async function applyOne(plan: IngestionPlan, request: ApplyRequest): Promise<void> {
  assertPlanUnchanged(plan, jsonHasher(request.context.environment));
  await recover(request, plan.batch.commitId);
  if (await tellEndedBefore(plan, request)) return;
  await announcePlan(plan, request);
  await applyPlan(plan, request);
}

async function runAll(spec: IngestionSpec, request: ApplyRequest): Promise<void> {
  const { configuration, connections, store, context, events } = request;
  await recover(request, null);
  const except = new Set<string>();
  const again = new PlanAgain();
  for (;;) {
    const plan = await planIngestion(spec, {
      configuration,
      connections,
      store,
      context,
      except,
      mayTrustHeads: again.mayTrustHeads,
      keepsNotes: true,
      onWaiting: (until) => events.emit({ kind: 'waiting', reason: 'settling', until }),
    });
    if (!(await takePlan(plan, { ...request, isPlannedAgain: (record) => again.takes(record) }))) continue;
    if (plan.backlog.units === 0 && !again.isNeeded) return;
    for (const key of again.settledKeys(plan)) except.add(key);
    for (const diagnostic of again.findings()) events.emit({ kind: 'finding', diagnostic });
  }
}

async function replayAll(spec: IngestionSpec, filter: ReplayFilter, request: ApplyRequest): Promise<void> {
  const { configuration, connections, store, context, events } = request;
  await recover(request, null);
  await replayIngestion(
    spec,
    filter,
    {
      ...{ configuration, connections, store, context },
      onWaiting: (until) => events.emit({ kind: 'waiting', reason: 'settling', until }),
    },
    (plan) => takePlan(plan, request),
    ({ message }) => events.emit({ kind: 'finding', diagnostic: { code: 'ROWS_NOT_REPLAYED', severity: 'warning', message } }),
  );
}

/**
 * Applies a plan that a run made itself. Looking takes no lease; who finds something to do takes it, and looks afresh when another one was at work.
 *
 * @returns false: another one was, and nothing was done.
 */
async function takePlan(plan: IngestionPlan, request: ApplyRequest): Promise<boolean> {
  const { lease, journal, tally } = request;
  const isNothing = plan.batch.units.length === 0 && plan.batch.setAside.length === 0;
  const taken = isNothing ? 'had' : await lease.hold();
  if (taken === 'waited' || (taken === 'at-once' && (await hasMoved(journal)))) {
    await recover(request, null);
    return false;
  }
  await announcePlan(plan, request);
  tally.reconsidered(plan.batch.units.map(({ unit }) => unit.key));
  // Where there is nothing to do, it does not matter that another worker has gone on meanwhile.
  if (!isNothing) await applyPlan(plan, { ...request, isOwnPlan: true });
  return true;
}

async function recover(request: ApplyRequest, joining: string | null): Promise<void> {
  const recovery = await recoverRun(request, joining);
  if (recovery.kind === 'nothing-open') return;
  const units = recovery.kind === 'finished' ? recovery.records.length : null;
  request.events.emit({ kind: 'recovered', outcome: recovery.kind, units });
  if (recovery.kind === 'dropped') return;
  for (const record of recovery.records) request.events.emit({ kind: 'unit-finished', record });
  request.tally.committed(recovery.records, recovery.snapshots);
}

/** Whether another worker has changed the ledger since this one looked. */
async function hasMoved(journal: Journal): Promise<boolean> {
  const known = journal.current;
  const found = await journal.load();
  return (known === 'absent' ? 'absent' : known.version) !== (found === 'absent' ? 'absent' : found.version);
}

async function announcePlan(plan: IngestionPlan, { events }: ApplyRequest): Promise<void> {
  const { units, skipped, setAside } = plan.batch;
  const bytes = units.reduce((sum, { unit }) => sum + (unit.kind === 'object' ? unit.sizeBytes : 0), 0);
  events.emit({ kind: 'planned', planId: plan.id, units: units.length, bytes, skipped });
  if (units.length > 0) await tellDegraded(events);
  for (const diagnostic of [...plan.findings, ...summarizeSetAside(setAside)]) events.emit({ kind: 'finding', diagnostic });
}
