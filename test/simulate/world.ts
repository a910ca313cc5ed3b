import { CalveError, createCalve, type IngestionPlan, memoryState, type RunOptions } from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import type { SinkPlugin, UnitRecord } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { icebergSink } from '@calve/sink-iceberg';
import {
  type Fault,
  type History,
  type HistoryEvent,
  type HistoryProblem,
  type LandedVersion,
  landedUnit,
  type SimulatedCommit,
  SimulatedFiles,
  SimulatedLanding,
  SimulatedProcess,
  SimulatedScheduler,
  SimulatedState,
  seededRandom,
  TableReader,
} from '@calve/testkit';
import { CatalogOfHistory, checkedTable, LAKE, pathOf } from './catalog-of-history.ts';
import { appendForeign, compact, expire, type ForeignChange, type ForeignPorts, rollBack } from './foreign-engine.ts';
import { ordersSpec } from './orders-spec.ts';
import { withPlainFiles } from './plain-writer.ts';
import { readDataFile } from './read-data-file.ts';
import type { FaultyPorts, SEEDED_FAULTS } from './seeded-faults.ts';
import { insertDisk } from './simulated-disk.ts';

export const TABLE = 'sales.orders';
export const REJECTED = `${TABLE}__rejected`;

/** How a process of a history ended. */
export interface ProcessEnd {
  kind: 'well' | 'halted' | 'badly';
  says: string;
}

const PATIENT_MILLISECONDS = 30 * 60_000;
const IMPATIENT_MILLISECONDS = 300;
const node = nodeEnvironment();

/** One history as it happens: folder, disk, catalog, state, and processes that run the shipped code over them. */
export class World {
  readonly scheduler: SimulatedScheduler;
  readonly landing = new SimulatedLanding();
  readonly files = new SimulatedFiles();
  readonly catalog: CatalogOfHistory;
  readonly state = new SimulatedState(memoryState);
  readonly reader: TableReader;
  /** What happened, for people. */
  readonly notes: string[] = [];
  /** Problems that are seen as they happen. */
  readonly problems: HistoryProblem[] = [];
  /** How often each step was reached, and how often a process died there. */
  readonly passed = new Map<string, number>();
  readonly killed = new Map<string, number>();
  readonly excluded = new Set<string>();
  readonly removedByHand = new Set<string>();
  readonly foreign: string[] = [];
  /** A person has set table or state back. */
  mayHalt = false;
  readonly #history: History;
  readonly #fault: SeededFault | null;
  /** Of the fault. */
  readonly #memory = new Map<string, unknown>();
  readonly #plans = new Map<string, IngestionPlan>();
  #turn: SimulatedProcess | null = null;
  #processes = 0;

  /** @param fault A mistake that every process of this history makes. */
  constructor(history: History, fault: SeededFault | null) {
    this.#history = history;
    this.#fault = fault;
    this.scheduler = new SimulatedScheduler(seededRandom(history.seed + 1));
    this.catalog = new CatalogOfHistory(history.catalog, this.scheduler, this.files);
    this.catalog.onArrival = (table, commit) => this.#checkJournal(table, commit);
    this.files.onDelete = ({ path, by }) => this.#checkDeletion(path, by);
    this.reader = new TableReader({
      bytes: (location) => this.files.bytes(pathOf(location)),
      rows: (location) => this.rows(location),
    });
    insertDisk({ files: this.files, process: () => this.#turn as SimulatedProcess });
  }

  /** Lets everything happen that the history says. @returns false: it never ends. */
  happen(): Promise<boolean> {
    for (const event of this.#history.events) this.scheduler.after(event.at, () => this.#perform(event));
    return this.scheduler.run(MOST_EVENTS);
  }

  /** One more run, in which nothing goes wrong. */
  async lastRun(): Promise<ProcessEnd> {
    const ends: ProcessEnd[] = [];
    const process = this.#process('the last process', []);
    this.#turn = process;
    this.#run(
      process,
      false,
      (calve) => calve.run(ordersSpec, ALLOWED),
      (end) => {
        this.#note(`${process.name} ends ${end.kind}: ${end.says}`);
        ends.push(end);
      },
    );
    const isEnded = await this.scheduler.run(this.scheduler.happened + MOST_EVENTS);
    return ends[0] ?? { kind: 'badly', says: isEnded ? 'it waits for something that never comes' : 'it never ends' };
  }

  /** Ids of the rows of a data file. */
  rows(location: string): readonly string[] | Promise<readonly string[]> {
    const bytes = this.files.bytes(pathOf(location)) ?? new Uint8Array();
    return location.endsWith('.rows') ? new TextDecoder().decode(bytes).trimEnd().split('\n') : readDataFile(bytes);
  }

  #note(text: string): void {
    this.notes.push(`  ${String(this.scheduler.now - Date.UTC(2026, 0, 1)).padStart(8)} ms  ${text}`);
  }

  #process(name: string, faults: readonly Fault[]): SimulatedProcess {
    this.#processes += 1;
    const random = seededRandom(this.#history.seed * 64 + this.#processes);
    return new SimulatedProcess(name, this.scheduler, random, node, faults, {
      onStep: (label) => {
        this.passed.set(label, (this.passed.get(label) ?? 0) + 1);
      },
      onDeath: (step) => {
        if (step !== null) this.killed.set(step, (this.killed.get(step) ?? 0) + 1);
      },
      onTurn: (process) => {
        this.#turn = process;
      },
      onNote: (text) => this.#note(text),
    });
  }

  #perform(event: HistoryEvent): void {
    const now = this.scheduler.now;
    switch (event.kind) {
      case 'file-arrives':
      case 'file-changes':
        // A file that changes has to be there.
        if (event.kind === 'file-changes' && !this.landing.has(event.file)) return;
        this.landing.put(event.file, event.rows, event.badRows, now);
        return;
      case 'file-vanishes':
        this.landing.remove(event.file);
        return;
      case 'file-is-copied':
        this.landing.copy(event.file, event.to, now);
        return;
      case 'process-runs':
        this.#start(event, (calve) => calve.run(ordersSpec, ALLOWED));
        return;
      case 'process-plans':
        this.#start({ ...event, isImpatient: false, faults: [] }, async (calve) => {
          this.#plans.set(event.plan, await calve.plan(ordersSpec));
        });
        return;
      case 'process-applies': {
        const plan = this.#plans.get(event.plan);
        if (plan) this.#start(event, (calve) => calve.apply(structuredClone(plan), ALLOWED));
        return;
      }
      case 'foreign-append':
        this.#engine(async (ports) => {
          const row = `foreign-${this.#processes}`;
          if (await appendForeign(ports, row)) this.foreign.push(row);
        });
        return;
      case 'compaction':
        this.#engine(compact);
        return;
      case 'expiry':
        this.#engine((ports) =>
          expire(ports, event.keep, (before, after) => {
            const needed = this.reader.referenced(checkedTable(after.metadata));
            return [...this.reader.referenced(checkedTable(before.metadata))].filter((path) => !needed.has(path));
          }),
        );
        return;
      case 'rollback':
        this.#engine(async (ports) => this.#removeByHand(await rollBack(ports, event.snapshots)));
        return;
      case 'state-backup':
        this.state.backup();
        return;
      case 'state-restore':
        this.mayHalt = true;
        void this.state.restore();
        return;
      case 'state-reset':
        void this.#reset();
    }
  }

  #start(event: { process: string; isImpatient: boolean; faults: readonly Fault[] }, work: Work): void {
    const process = this.#process(event.process, event.faults);
    this.#turn = process;
    this.#note(`${process.name} begins`);
    this.#run(process, event.isImpatient, work, ({ kind, says }) => this.#note(`${process.name} ends ${kind}: ${says}`));
  }

  #run(process: SimulatedProcess, isImpatient: boolean, work: Work, ended: (end: ProcessEnd) => void): void {
    const calve = this.#calve(process, isImpatient ? IMPATIENT_MILLISECONDS : PATIENT_MILLISECONDS);
    void (async () => {
      try {
        const result = await work(calve);
        ended({ kind: 'well', says: (result as { outcome?: string } | undefined)?.outcome ?? 'done' });
      } catch (error) {
        ended(endOf(error));
      }
      await calve.close();
    })();
  }

  #calve(process: SimulatedProcess, commitPatienceMilliseconds: number) {
    const faulty = this.#fault?.({ process, files: this.files, memory: this.#memory }) ?? {};
    const state = this.state.factory(process);
    return createCalve({
      sources: { landing: this.landing.source(process) },
      formats: { csv: csvFormat() },
      sinks: { lake: this.#sink(process, faulty) },
      state: faulty.state ? { open: async () => faulty.state?.(await state.open()) ?? state.open() } : state,
      environment: process.environment,
      commitPatienceMilliseconds,
    });
  }

  #sink(process: SimulatedProcess, faulty: FaultyPorts): SinkPlugin<unknown> {
    const catalog = this.catalog.factory(process);
    const open = () => faulty.catalog?.(catalog.open()) ?? catalog.open();
    const sink = icebergSink({ catalog: { ...catalog, open }, warehouse: `${LAKE}/warehouse` }) as SinkPlugin<unknown>;
    return {
      ...sink,
      connect: async (context) => {
        const session = await sink.connect(context);
        const written = this.#history.files === 'own' ? session : withPlainFiles(session);
        return faulty.session?.(written) ?? written;
      },
    };
  }

  #engine(work: (ports: ForeignPorts) => Promise<unknown>): void {
    const process = this.#process(`engine ${this.#processes}`, []);
    this.#turn = process;
    const catalog = this.catalog.connect(process);
    const identifier = { namespace: ['sales'], name: 'orders' };
    const ports: ForeignPorts = {
      load: () => catalog.load(identifier) as never,
      commit: (commit) => catalog.commit(identifier, commit as never, process.environment) as never,
      environment: process.environment,
      rows: (location) => this.rows(location),
    };
    void (async () => {
      try {
        await work(ports);
      } catch (error) {
        // Another engine meets the same gone files as ours does; it gives up.
        this.#note(`${process.name} gives up: ${endOf(error).says}`);
      }
    })();
  }

  async #removeByHand(change: ForeignChange): Promise<void> {
    if (!change) return;
    this.mayHalt = true;
    const left = new Set(await this.reader.rows(checkedTable(change.after.metadata)));
    for (const row of await this.reader.rows(checkedTable(change.before.metadata))) {
      if (!left.has(row)) this.removedByHand.add(row);
    }
  }

  /** Files that are there and not loaded count as dealt with from now on. */
  async #reset(): Promise<void> {
    const { records } = await this.state.look();
    const loaded = new Set(records.filter(({ state }) => state === 'ingested').map(versionOf));
    const left = this.landing.current().filter(({ version }) => !loaded.has(version));
    if (!(await this.state.reset(`reset-${this.scheduler.now}`, left.map(dealtWith)))) return;
    for (const { version } of left) this.excluded.add(version);
    this.#note(`the state is reset; dealt with: ${left.map(({ file }) => file).join(', ')}`);
  }

  #checkJournal(table: string, commit: SimulatedCommit): void {
    for (const { action, snapshot } of commit.updates) {
      const summary = action === 'add-snapshot' ? (snapshot as { summary: Record<string, string> }).summary : {};
      const commitId = summary['ingest.commit-id'];
      if (commitId === undefined) continue;
      const output = table === TABLE ? 'main' : 'rejected';
      if (this.state.announced.get(commitId)?.has(output)) continue;
      this.problems.push({
        rule: 'commit without journal',
        message: `Commit ${commitId} of ${table} arrives and was not journaled.`,
      });
    }
  }

  #checkDeletion(path: string, by: string): void {
    if (by.startsWith('engine ')) return;
    for (const table of [TABLE, REJECTED]) {
      const referenced = this.reader.referenced(checkedTable(this.catalog.current(table)));
      if ([...referenced].some((location) => pathOf(location) === path))
        this.problems.push({ rule: 'live file deleted', message: `${by} deletes ${path}, which a snapshot of ${table} needs.` });
    }
  }
}

type SeededFault = (typeof SEEDED_FAULTS)[string];

type Work = (calve: ReturnType<typeof createCalve>) => PromiseLike<unknown>;

/** More than any history needs that ends at all. */
const MOST_EVENTS = 20_000;
/** What is set aside does not make a run fail. */
const ALLOWED: RunOptions = { allow: ['held', 'quarantined', 'failed'] };

function endOf(error: unknown): ProcessEnd {
  if (!CalveError.is(error))
    return { kind: 'badly', says: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  const kind = error.recovery.kind === 'decide' || error.recovery.kind === 'verify' ? 'halted' : 'badly';
  return { kind, says: `${error.code}: ${error.message}` };
}

function versionOf({ unit }: UnitRecord): string {
  return unit.kind === 'object' ? unit.version : '';
}

function dealtWith(version: LandedVersion): UnitRecord {
  const unit = landedUnit(version);
  const finding = { code: 'DEALT_WITH', severity: 'info' as const, message: `${unit.uri} was declared as dealt with.` };
  return { unit, state: 'skipped', code: finding.code, finding, sequence: null, counts: null, attempts: 1 };
}
