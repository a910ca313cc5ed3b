import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import { errorData } from '../errors/calve-error.ts';
import { jsonHasher } from '../plan/identities.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import { summarizeSetAside } from '../plan/summarize-set-aside.ts';
import { assertPlanUnchanged } from '../plan/verify-plan.ts';
import type { ReplayFilter } from '../replay/replay-filter.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { type ApplyRequest, applyPlan, tellEndedBefore } from './apply-plan.ts';
import { type CalveConfiguration, callContext, randomId } from './calve-configuration.ts';
import type { CommitPatience } from './commit-retry.ts';
import { withConnections } from './connections.ts';
import { Journal } from './journal.ts';
import { LedgerLease } from './ledger-lease.ts';
import { PlanAgain } from './plan-again.ts';
import { planIngestion } from './plan-ingestion.ts';
import { recoverRun } from './recover-run.ts';
import type { RunHandle, RunOptions, RunResult } from './run-event.ts';
import { RunEvents, type RunListener } from './run-events.ts';
import { runHandle } from './run-handle.ts';
import { RunTally } from './run-tally.ts';

/** What all runs of one Calve instance share. */
export interface RunSettings {
  configuration: CalveConfiguration;
  patience: CommitPatience;
  /** How long a worker may be silent until others take over its ingestion. */
  leaseMilliseconds: number;
  listeners(): readonly RunListener[];
  /** Aborted when the instance is closed. */
  closing: AbortSignal;
  /** Announces work that `close` waits for; the answer is called when it has ended. */
  track(): () => void;
}

type Work = (request: ApplyRequest) => Promise<void>;

/** Starts to apply one plan. */
export function startApply(plan: IngestionPlan, options: RunOptions, settings: RunSettings): RunHandle {
  return start(plan.spec, { ...options, tenant: plan.program.tenant }, settings, async (request) => {
    assertPlanUnchanged(plan, jsonHasher(request.context.environment));
    await recover(request, plan.batch.commitId);
    if (await tellEndedBefore(plan, request)) return;
    announcePlan(plan, request);
    await applyPlan(plan, request);
  });
}

/** Starts to plan and apply until nothing is left. What changes or disappears meanwhile is planned again. */
export function startRun(spec: IngestionSpec, options: RunOptions, settings: RunSettings): RunHandle {
  return start(spec, options, settings, async (request) => {
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
        onWaiting: (until) => events.emit({ kind: 'waiting', reason: 'settling', until }),
      });
      if (!(await takePlan(plan, { ...request, isPlannedAgain: (record) => again.takes(record) }))) continue;
      for (const key of again.settledKeys(plan)) except.add(key);
      const changed = again.findings();
      for (const diagnostic of changed) events.emit({ kind: 'finding', diagnostic });
      if (plan.backlog.units === 0 && changed.length === 0) return;
    }
  });
}

/** Starts to plan and apply what a filter takes of the files and rows that an ingestion set aside, until nothing is left of it. */
export function startReplay(spec: IngestionSpec, filter: ReplayFilter, options: RunOptions, settings: RunSettings): RunHandle {
  return start(spec, options, settings, async (request) => {
    const { configuration, connections, store, context, events } = request;
    await recover(request, null);
    const { replayIngestion } = await import('./replay/replay-ingestion.ts');
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
  });
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
  announcePlan(plan, request);
  tally.reconsidered(plan.batch.units.map(({ unit }) => unit.key));
  // Where there is nothing to do, it does not matter that another worker has gone on meanwhile.
  if (!isNothing) await applyPlan(plan, request);
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

function announcePlan(plan: IngestionPlan, { events }: ApplyRequest): void {
  const { units, skipped, setAside } = plan.batch;
  const bytes = units.reduce((sum, { unit }) => sum + (unit.kind === 'object' ? unit.sizeBytes : 0), 0);
  events.emit({ kind: 'planned', planId: plan.id, units: units.length, bytes, skipped });
  for (const diagnostic of [...plan.findings, ...summarizeSetAside(setAside)]) events.emit({ kind: 'finding', diagnostic });
}

function start(spec: IngestionSpec, options: RunOptions, settings: RunSettings, work: Work): RunHandle {
  const { configuration, closing } = settings;
  const { environment } = configuration;
  const key: LedgerKey = { tenant: options.tenant ?? 'default', ingestion: spec.id };
  const runId = randomId(environment, 8);
  const events = new RunEvents({ runId, ...key }, () => environment.now(), settings.listeners, configuration.redactor);
  const signal = options.signal ? AbortSignal.any([options.signal, closing]) : closing;
  const ended = settings.track();
  return runHandle(execute(), events);

  async function execute(): Promise<RunResult> {
    const tally = new RunTally();
    let conclusion: ReturnType<RunTally['conclude']>;
    try {
      // The caller gets to iterate and listen before the first event.
      await Promise.resolve();
      await settled(tally);
      conclusion = tally.conclude(options.allow);
    } catch (error) {
      conclusion = tally.fail(errorData(error));
      // Where it was thrown is what somebody who looks into a defect needs.
      if (error instanceof Error && error.stack && conclusion.error) conclusion.error.stack = error.stack;
    }
    events.emit({ kind: 'run-finished', result: conclusion.result });
    events.end();
    ended();
    if (conclusion.error) throw configuration.redactor.error(conclusion.error);
    return conclusion.result;
  }

  async function settled(tally: RunTally): Promise<void> {
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
      const { patience } = settings;
      const allow = options.allow ?? [];
      try {
        await work({ journal, lease, connections, context, events, patience, configuration, store, tally, writerId, allow });
      } finally {
        await lease.release();
      }
    });
  }
}
