import { EventEmitter } from 'eventemitter3';
import { defaultEnvironment } from '#default-environment';
import { type CalveLedger, ledgerOperations } from './calve-ledger.ts';
import type { CheckpointStore, CheckpointStoreFactory } from './checkpoint/checkpoint-store.ts';
import { redactingStore } from './checkpoint/redacting-store.ts';
import type { CallContext, SecretReference } from './context/call-context.ts';
import { completeLimits, type InputLimits } from './context/input-limits.ts';
import type { CalveRegistry } from './create-calve-types.ts';
import type { DecodeProcesses } from './env/decode-processes.ts';
import type { Environment } from './env/environment.ts';
import { CalveError } from './errors/calve-error.ts';
import { Redactor } from './errors/redactor.ts';
import { assertIsPlan } from './plan/assert-is-plan.ts';
import type { IngestionPlan } from './plan/ingestion-plan.ts';
import type { ReplayFilter } from './replay/replay-filter.ts';
import { type CalveConfiguration, callContext, randomId } from './run/calve-configuration.ts';
import { assertCalveOptions } from './run/check-calve-options.ts';
import { type Connections, withConnections } from './run/connections.ts';
import { MemoryQuota } from './run/memory-quota.ts';
import { quotaLimits } from './run/memory-quota-limits.ts';
import { ObservationCache } from './run/observation-cache.ts';
import type { Preview } from './run/preview-ingestion.ts';
import type { TableRows } from './run/read-table.ts';
import { assertContractVersions } from './run/resolve-contract-version.ts';
import type { RunEvent, RunHandle, RunOptions } from './run/run-event.ts';
import { segmentSettings } from './run/segments/segment-settings.ts';
import { type RunSettings, startRun } from './run/start-run.ts';
import { assertIsSpec } from './spec/assert-is-spec.ts';
import { createIngestionBuilder } from './spec/create-ingestion-builder.ts';
import { specInvalid } from './spec/format-issues.ts';
import type { IngestionBuilder } from './spec/ingestion-builder.ts';
import type { IngestionSpec } from './spec/ingestion-spec.ts';
import { parseIngestionSpec } from './spec/parse-ingestion-spec.ts';

/** What a Calve instance is made of. */
export interface CalveOptions<Registry extends CalveRegistry> {
  /** By the key that specs name them with. */
  sources: Registry['sources'];
  formats: Registry['formats'];
  sinks: Registry['sinks'];
  /** Where the ledger is kept: `sqliteState('./lake/calve.db')`, or `memoryState()` for tests. Opened on first use. */
  state: CheckpointStoreFactory;
  /** Clock, randomness and platform services; default: those of Node. */
  environment?: Environment;
  /** Looks up secrets by name; default: none are known. */
  resolveSecret?(reference: SecretReference): Promise<string>;
  /**
   * Bytes of file content in flight, over all runs of this instance: what decoders hold of the files, and the batches made of it. A run waits when
   * there is no room, never fails for it, and tells so (`waiting`, `quota`). One piece that is larger than all of it is read alone. Default 256 MiB.
   *
   * Not in it is what a sink collects to write it in large pieces, which is bounded for each run: `icebergSink` holds up to 32 MiB for each of its
   * two tables (64 MiB where a table asks for larger row groups) and what encoding a row group takes. A host bounds their sum by the number of runs
   * that it starts at the same time.
   */
  memoryBytes?: number;
  /**
   * … and over all runs of one tenant, so that others always have room. Default: all of `memoryBytes`, and when it is short, the tenant that
   * holds least is served first.
   */
  tenantMemoryBytes?: number;
  /** What one file may cost before it is quarantined; what is left out has its default, `DEFAULT_LIMITS`. */
  limits?: Partial<InputLimits>;
  /**
   * Where decoders work. `inline` (default): in this process, bounded by `limits`. `process`: in child processes, so that even a defect of a
   * decoder cannot take the host down, hang it or use up its memory; for files of people you do not trust.
   */
  isolation?: 'inline' | 'process';
  /**
   * Threads that decode files and encode rows of large batches, and end with them; 0: none. Rows, their order and files do not depend on it. Default:
   * one per core, none where there is one core, no thread on this platform, or `isolation: 'process'`.
   */
  workers?: number;
  /** Bytes of content that a thread works on at a time; its rows are encoded together. Threads are started for two and more. Default 16 MiB. */
  segmentBytes?: number;
  /** How long a commit is tried against other writers and lost answers. Default 30 minutes. */
  commitPatienceMilliseconds?: number;
  /**
   * How long a run that shows no sign of life keeps others away from its ingestion, where its process is not known to be dead: it was paused, cut off,
   * or its machine is gone. Renewed every third of it. Default 60 seconds. Longer than the event loop of the host ever stands still.
   */
  leaseMilliseconds?: number;
}

/** Options of calls that only read. */
export interface ReadOptions {
  signal?: AbortSignal;
  /** Whose ledger, quota and share of sources and sinks: 1 to 64 letters, digits, `_` or `-`. Default `default`. */
  tenant?: string;
}

/** The front door. */
export interface Calve<Registry extends CalveRegistry = CalveRegistry> extends CalveLedger, AsyncDisposable {
  /**
   * Finds out what a run would do. Writes nothing, not even to the state.
   *
   * @throws {CalveError} of the source, the state and the sink; `CHECKPOINT_BEHIND`, `MARKER_BEHIND`, `MARKER_CONFLICT` and
   *   `TABLE_ROLLED_BACK` (decide) when table and state contradict each other.
   */
  plan(spec: IngestionSpec, options?: ReadOptions): Promise<IngestionPlan>;
  /** The first rows as they would arrive, default 20. Writes nothing. */
  preview(spec: IngestionSpec, options?: ReadOptions & { rows?: number }): Promise<Preview>;
  /**
   * Applies a plan, also one that came back from JSON or another process. Applied twice it commits once. It runs for the tenant that the plan
   * names: a host that takes plans from people compares `plan.program.tenant` with who they are.
   *
   * @throws {CalveError} at once: `PLAN_INVALID` (replan) for what is not a plan, `CLOSED`. Everything else rejects the handle.
   */
  apply(plan: IngestionPlan, options?: Omit<RunOptions, 'tenant'>): RunHandle;
  /**
   * Finishes what an earlier run left open, then plans and applies until nothing is left.
   *
   * @throws {CalveError} at once: `SPEC_INVALID` (fix-input) for what is not a spec, `CLOSED`. Everything else rejects the handle.
   */
  run(spec: IngestionSpec, options?: RunOptions): RunHandle;
  /**
   * Loads what was set aside, after the files or the spec were mended: held, quarantined and failed files are planned again, and rejected rows go again
   * under the spec as it is now, each exactly once. Rows of a file that one commit rejected go together; those that still do not fit are rejected
   * again, and where none of them would fit they stay as they are (`ROWS_NOT_REPLAYED`).
   *
   * @param filter What goes again; default: everything that waits.
   * @throws {CalveError} at once: `SPEC_INVALID` (fix-input) for what is not a spec, `CLOSED`. Everything else rejects the handle.
   */
  replay(spec: IngestionSpec, filter?: ReplayFilter, options?: RunOptions): RunHandle;
  /** The first rows of the table as any reader sees them now, default 10. */
  head(spec: IngestionSpec, options?: ReadOptions & { rows?: number }): Promise<TableRows>;
  /** The first rows of the table of rejected rows as any reader sees them now, default 10. */
  rejects(spec: IngestionSpec, options?: ReadOptions & { rows?: number }): Promise<TableRows>;
  /** Parsed JSON becomes a spec. @throws {CalveError} `SPEC_INVALID` (fix-input): `context.issues` lists everything that is wrong. */
  parse(value: unknown): IngestionSpec;
  /** A typed builder for a spec. */
  ingestion(id: string): IngestionBuilder<Registry>;
  /**
   * Hears every event of every run of every tenant, as it happens: a host that passes events on looks at `event.tenant`. What a listener throws
   * never touches the run and becomes a finding `LISTENER_FAILED`, once per run; a Promise that it returns is its own affair. Returns the function
   * that stops it.
   */
  on(kind: 'event', listener: (event: RunEvent) => void): () => void;
  /** Cancels what is running, waits for it and closes the state. Idempotent. */
  close(): Promise<void>;
}

/**
 * Binds sources, formats, sinks and state by key. Nothing is opened and nothing is read before the first call.
 *
 * @throws {CalveError} `CONTRACT_UNSUPPORTED` or `CONFIGURATION_INVALID` (fix-input): a plugin cannot work with this version, or an option is
 *   missing or has no sense.
 */
export function createCalve<
  Sources extends CalveRegistry['sources'],
  Formats extends CalveRegistry['formats'],
  Sinks extends CalveRegistry['sinks'],
>(
  options: CalveOptions<{ sources: Sources; formats: Formats; sinks: Sinks }>,
): Calve<{ sources: Sources; formats: Formats; sinks: Sinks }> {
  assertCalveOptions(options);
  return new CalveInstance<{ sources: Sources; formats: Formats; sinks: Sinks }>(options);
}

/** @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): the platform has no processes. */
function startDecodeProcesses(environment: Environment, limits: InputLimits): DecodeProcesses {
  if (environment.decodeProcesses) return environment.decodeProcesses(limits);
  throw new CalveError('CONFIGURATION_INVALID', "isolation: 'process' needs an environment that has processes, such as Node.", {
    recovery: 'fix-input',
  });
}

type Read<T> = (connections: Connections, context: CallContext) => Promise<T>;

class CalveInstance<Registry extends CalveRegistry> implements Calve<Registry> {
  readonly history: CalveLedger['history'];
  readonly audit: CalveLedger['audit'];
  readonly bundle: CalveLedger['bundle'];
  readonly findings: CalveLedger['findings'];
  readonly previewReplay: CalveLedger['previewReplay'];
  readonly previewAdopt: CalveLedger['previewAdopt'];
  readonly adopt: CalveLedger['adopt'];
  readonly previewReset: CalveLedger['previewReset'];
  readonly reset: CalveLedger['reset'];
  readonly previewAcceptRollback: CalveLedger['previewAcceptRollback'];
  readonly acceptRollback: CalveLedger['acceptRollback'];
  readonly #registry: Registry;
  readonly #settings: RunSettings;
  readonly #emitter = new EventEmitter<{ event: [RunEvent] }>();
  readonly #closing = new AbortController();
  readonly #work = new Set<Promise<void>>();
  #store: Promise<CheckpointStore> | null = null;
  #closed: Promise<void> | null = null;

  constructor(options: CalveOptions<Registry>) {
    const { sources, formats, sinks, environment = defaultEnvironment() } = options;
    assertContractVersions({ sources, formats, sinks });
    const limits = completeLimits(options.limits);
    const redactor = new Redactor();
    this.#registry = { sources, formats, sinks } as Registry;
    const configuration: CalveConfiguration = {
      sources,
      formats,
      sinks,
      environment,
      quota: new MemoryQuota(quotaLimits(options)),
      limits,
      decodeProcesses: options.isolation === 'process' ? startDecodeProcesses(environment, limits) : null,
      ...segmentSettings(options, environment),
      observations: new ObservationCache(),
      store: () => {
        // A state that could not be opened may be there when the next call asks for it.
        this.#store ??= options.state.open().then(
          (store) => redactingStore(store, redactor),
          (error: unknown) => {
            this.#store = null;
            throw error;
          },
        );
        return this.#store;
      },
      redactor,
      resolveSecret:
        options.resolveSecret ??
        (async ({ secret }) => {
          throw new CalveError(
            'CONFIGURATION_INVALID',
            `Secret "${secret}" is needed, but createCalve() was given no resolveSecret.`,
            { recovery: 'fix-access' },
          );
        }),
    };
    this.#settings = {
      configuration,
      patience: {
        limitMilliseconds: options.commitPatienceMilliseconds ?? 1_800_000,
        firstWaitMilliseconds: 100,
        longestWaitMilliseconds: 60_000,
      },
      leaseMilliseconds: options.leaseMilliseconds ?? 60_000,
      listeners: () => this.#emitter.listeners('event'),
      closing: this.#closing.signal,
      track: () => this.#track(),
    };
    const ledger = ledgerOperations(this.#settings, (...call) => this.#reading(...call));
    this.history = ledger.history;
    this.audit = ledger.audit;
    this.bundle = ledger.bundle;
    this.findings = ledger.findings;
    this.previewReplay = ledger.previewReplay;
    this.previewAdopt = ledger.previewAdopt;
    this.adopt = ledger.adopt;
    this.previewReset = ledger.previewReset;
    this.reset = ledger.reset;
    this.previewAcceptRollback = ledger.previewAcceptRollback;
    this.acceptRollback = ledger.acceptRollback;
  }

  async plan(spec: IngestionSpec, options: ReadOptions = {}): Promise<IngestionPlan> {
    return this.#reading(spec, options, (connections, context) => this.#planned(spec, connections, context));
  }

  async preview(spec: IngestionSpec, options: ReadOptions & { rows?: number } = {}): Promise<Preview> {
    return this.#reading(spec, options, async (connections, context) => {
      const plan = await this.#planned(spec, connections, context);
      // A page that plans need not read rows.
      const { previewPlan } = await import('./run/preview-ingestion.ts');
      return previewPlan(plan, options.rows ?? 20, this.#settings.configuration, connections, context);
    });
  }

  apply(plan: IngestionPlan, options: Omit<RunOptions, 'tenant'> = {}): RunHandle {
    return this.#redacting(() => {
      assertIsPlan(plan);
      this.#assertOpen();
      return startRun({ kind: 'apply', plan }, { ...options, tenant: plan.program.tenant }, this.#settings);
    });
  }

  run(spec: IngestionSpec, options: RunOptions = {}): RunHandle {
    return this.#redacting(() => {
      assertIsSpec(spec);
      this.#assertOpen();
      return startRun({ kind: 'run', spec }, options, this.#settings);
    });
  }

  replay(spec: IngestionSpec, filter: ReplayFilter = {}, options: RunOptions = {}): RunHandle {
    return this.#redacting(() => {
      assertIsSpec(spec);
      this.#assertOpen();
      return startRun({ kind: 'replay', spec, filter }, options, this.#settings);
    });
  }

  async head(spec: IngestionSpec, options: ReadOptions & { rows?: number } = {}): Promise<TableRows> {
    return this.#table(spec, 'accepted', options);
  }

  async rejects(spec: IngestionSpec, options: ReadOptions & { rows?: number } = {}): Promise<TableRows> {
    return this.#table(spec, 'rejected', options);
  }

  parse(value: unknown): IngestionSpec {
    return this.#redacting(() => {
      const parsed = parseIngestionSpec(value, this.#registry);
      if ('issues' in parsed) throw specInvalid(parsed.issues);
      return parsed.spec;
    });
  }

  ingestion(id: string): IngestionBuilder<Registry> {
    return createIngestionBuilder(this.#registry, id);
  }

  on(kind: 'event', listener: (event: RunEvent) => void): () => void {
    this.#emitter.on(kind, listener);
    return () => this.#emitter.off(kind, listener);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close().catch((error: unknown) => {
      throw this.#settings.configuration.redactor.error(error);
    });
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closing.abort(new CalveError('CLOSED', 'This Calve instance was closed.', { recovery: 'report' }));
    await Promise.allSettled(this.#work);
    await this.#settings.configuration.decodeProcesses?.close();
    if (this.#store) await (await this.#store).close();
  }

  async #planned(spec: IngestionSpec, connections: Connections, context: CallContext): Promise<IngestionPlan> {
    const { configuration } = this.#settings;
    const store = await configuration.store();
    const { planIngestion } = await import('./run/plan-ingestion.ts');
    return planIngestion(spec, { configuration, connections, store, context, except: new Set(), onWaiting: () => {} });
  }

  async #table(spec: IngestionSpec, output: string, options: ReadOptions & { rows?: number }): Promise<TableRows> {
    const { rows = 10 } = options;
    const table = await this.#reading(spec, options, async (connections, context) =>
      (await import('./run/read-table.ts')).readTable(spec, output, rows, connections, context),
    );
    return { ...table, table: this.#settings.configuration.redactor.text(table.table) };
  }

  /** What is thrown leaves without secrets, and as nothing but a `CalveError`. */
  #redacting<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#settings.configuration.redactor.error(error);
    }
  }

  async #reading<T>(spec: IngestionSpec, options: ReadOptions, read: Read<T>): Promise<T> {
    try {
      assertIsSpec(spec);
      this.#assertOpen();
      return await this.#connected(options, read);
    } catch (error) {
      throw this.#settings.configuration.redactor.error(error);
    }
  }

  async #connected<T>(options: ReadOptions, read: Read<T>): Promise<T> {
    const { configuration } = this.#settings;
    const closing = this.#closing.signal;
    const context = callContext(configuration, {
      tenant: options.tenant ?? 'default',
      runId: randomId(configuration.environment, 8),
      signal: options.signal ? AbortSignal.any([options.signal, closing]) : closing,
      report: () => {},
      onWaiting: () => {},
    });
    const ended = this.#track();
    try {
      return await withConnections(configuration, context, (connections) => read(connections, context));
    } finally {
      ended();
    }
  }

  /** `close` waits for it. The work's own promise stays untouched, so a rejection that nobody looks at is still reported by the host. */
  #track(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#work.add(promise);
    return () => {
      this.#work.delete(promise);
      resolve();
    };
  }

  #assertOpen(): void {
    if (this.#closed) throw new CalveError('CLOSED', 'This Calve instance is closed.', { recovery: 'fix-input' });
  }
}
