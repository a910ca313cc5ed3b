import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import type { ReplayFilter } from '../replay/replay-filter.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { type CalveConfiguration, randomId } from './calve-configuration.ts';
import type { CommitPatience } from './commit-retry.ts';
import type { RunHandle, RunOptions, RunResult } from './run-event.ts';
import { RunEvents, type RunListener } from './run-events.ts';
import { runHandle } from './run-handle.ts';

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

/** What a run is started for. */
export type RunTask =
  /** One plan. */
  | { kind: 'apply'; plan: IngestionPlan }
  /** Plans and applies until nothing is left. What changes or disappears meanwhile is planned again. */
  | { kind: 'run'; spec: IngestionSpec }
  /** Plans and applies what a filter takes of the files and rows that an ingestion set aside, until nothing is left of it. */
  | { kind: 'replay'; spec: IngestionSpec; filter: ReplayFilter };

/** A run under way. */
export interface StartedRun {
  key: LedgerKey;
  runId: string;
  events: RunEvents;
  /** Aborted by the caller, or when the instance is closed. */
  signal: AbortSignal;
  options: RunOptions;
  settings: RunSettings;
}

/** Starts a run; for an `apply`, `options.tenant` is the one that the plan names. What it rejects with has no secrets in it. */
export function startRun(task: RunTask, options: RunOptions, settings: RunSettings): RunHandle {
  const { configuration, closing } = settings;
  const { environment, redactor } = configuration;
  const { id } = task.kind === 'apply' ? task.plan.spec : task.spec;
  const key: LedgerKey = { tenant: options.tenant ?? 'default', ingestion: id };
  const runId = randomId(environment, 8);
  const events = new RunEvents({ runId, ...key }, () => environment.now(), settings.listeners, redactor);
  const signal = options.signal ? AbortSignal.any([options.signal, closing]) : closing;
  const ended = settings.track();
  return runHandle(execute(), events);

  async function execute(): Promise<RunResult> {
    try {
      // A page that plans never runs, and need not load what that takes. Nor does it come to an event before the caller can iterate and listen.
      const { runIngestion } = await import('./run-ingestion.ts');
      return await runIngestion(task, { key, runId, events, signal, options, settings });
    } catch (error) {
      throw redactor.error(error);
    } finally {
      events.end();
      ended();
    }
  }
}
