import { createCalve, type IngestionPlan, type IngestionSpec, memoryState, type RunOptions } from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import type { Json, SinkPlugin } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { icebergSink } from '@calve/sink-iceberg';
import {
  countOf,
  type Fault,
  type History,
  type HistoryEvent,
  type HistoryProblem,
  type ProcessObserver,
  SimulatedFiles,
  SimulatedLanding,
  SimulatedProcess,
  SimulatedScheduler,
  SimulatedState,
  seededRandom,
  TableReader,
} from '@calve/testkit';
import { CatalogOfHistory, checkedTable, LAKE, pathOf } from './catalog-of-history.ts';
import { Decisions } from './decisions.ts';
import { appendForeign, compact, expire, type ForeignChange, type ForeignPorts, rollBack } from './foreign-engine.ts';
import { machineOf } from './machine-of-process.ts';
import { ordersSpec, REJECTED, TABLE } from './orders-spec.ts';
import { idOfLine, withOriginReader } from './origin-reader.ts';
import { withPlainFiles } from './plain-writer.ts';
import { endOf, type ProcessEnd } from './process-end.ts';
import { readDataFile } from './read-data-file.ts';
import { insertDisk } from './simulated-disk.ts';
import { commitsWithoutJournal, deletedWhileLive } from './watched-rules.ts';

const PATIENT_MILLISECONDS = 30 * 60_000;
const LAST = 'the last process';
const IMPATIENT_MILLISECONDS = 300;
/** Shorter than many a sleep of a process. */
const LEASE_MILLISECONDS = 6000;
const MOST_SKEW_MILLISECONDS = 300_000;
const node = nodeEnvironment();

/** One history as it happens: folder, disk, catalog, state, and processes that run the shipped code over them. */
export class World {
  readonly scheduler: SimulatedScheduler;
  readonly landing = new SimulatedLanding();
  readonly files = new SimulatedFiles();
  readonly catalog: CatalogOfHistory;
  readonly state: SimulatedState;
  readonly reader: TableReader;
  /** What happened, for people. */
  readonly notes: string[] = [];
  /** Problems that are seen as they happen. */
  readonly problems: HistoryProblem[] = [];
  /** How often each step was reached, and how often a process died there. */
  readonly passed = new Map<string, number>();
  readonly killed = new Map<string, number>();
  readonly foreign: string[] = [];
  readonly decisions: Decisions;
  readonly #history: History;
  readonly #spec: IngestionSpec;
  readonly #plans = new Map<string, { plan: IngestionPlan; resets: number }>();
  readonly #alive = new Map<number, SimulatedProcess>();
  #turn: SimulatedProcess | null = null;
  #processes = 0;

  /** @param spec What every process loads. */
  constructor(history: History, spec: IngestionSpec = ordersSpec) {
    this.#history = history;
    this.#spec = spec;
    this.scheduler = new SimulatedScheduler(seededRandom(history.seed + 1));
    this.catalog = new CatalogOfHistory(history.catalog, this.scheduler, this.files);
    this.catalog.onArrival = (table, commit) => this.problems.push(...commitsWithoutJournal(table, commit, this.state));
    this.files.onDelete = ({ path, by }) => this.problems.push(...deletedWhileLive(path, by, this.catalog, this.reader));
    this.reader = new TableReader({
      bytes: (location) => this.files.bytes(pathOf(location)),
      rows: async (location) => (await this.#lines(location)).map(idOfLine),
    });
    this.state = new SimulatedState(memoryState, history.leases);
    const census = async () => {
      const [rows, rejected] = [TABLE, REJECTED].map((table) => checkedTable(this.catalog.current(table)));
      return { rows: await this.reader.rows(rows ?? null), rejected: await this.reader.rows(rejected ?? null) };
    };
    this.decisions = new Decisions(this.landing, census, () => this.scheduler.now);
    this.state.onWritten = ({ by }) => this.decisions.takeEffect(by);
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
    const process = this.#process(LAST, []);
    this.#turn = process;
    this.#run(
      process,
      false,
      (calve) => calve.run(this.#spec, ALLOWED),
      (end) => {
        this.#note(`${process.name} ends ${end.kind}: ${end.says}`);
        ends.push(end);
      },
    );
    const isEnded = await this.scheduler.run(this.scheduler.happened + MOST_EVENTS);
    return ends[0] ?? { kind: 'badly', says: isEnded ? 'it waits for something that never comes' : 'it never ends' };
  }

  /** The rows of a data file, each as a line. */
  #lines(location: string): readonly string[] | Promise<readonly string[]> {
    const bytes = this.files.bytes(pathOf(location)) ?? new Uint8Array();
    return location.endsWith('.rows') ? new TextDecoder().decode(bytes).trimEnd().split('\n') : readDataFile(bytes);
  }

  #note(text: string): void {
    this.notes.push(`  ${String(this.scheduler.now - Date.UTC(2026, 0, 1)).padStart(8)} ms  ${text}`);
  }

  #process(name: string, faults: readonly Fault[]): SimulatedProcess {
    this.#processes += 1;
    const number = this.#processes;
    const random = seededRandom(this.#history.seed * 64 + number);
    // Files that a clock takes for unfinished wait, so the clock of the last process is right.
    const skew = this.#history.isSkewed && name !== LAST ? random.below(2 * MOST_SKEW_MILLISECONDS) - MOST_SKEW_MILLISECONDS : 0;
    const platform = { ...node, ...machineOf(number, this.#alive) };
    const observer: ProcessObserver = {
      onStep: (label) => {
        this.passed.set(label, (this.passed.get(label) ?? 0) + 1);
        this.decisions.arriveAt(label, name);
      },
      onDeath: (step) => {
        this.decisions.endWork(name);
        if (step !== null) this.killed.set(step, (this.killed.get(step) ?? 0) + 1);
      },
      onTurn: (process) => {
        this.#turn = process;
      },
      onNote: (text) => this.#note(text),
    };
    const process = new SimulatedProcess(name, this.scheduler, random, platform, faults, observer, skew);
    this.#alive.set(number, process);
    return process;
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
        this.#start(event, (calve) => calve.run(this.#spec, ALLOWED));
        return;
      case 'process-plans':
        this.#start({ ...event, isImpatient: false, faults: [] }, async (calve) => {
          const plan = await calve.plan(this.#spec);
          this.#plans.set(event.plan, { plan, resets: this.decisions.resets });
        });
        return;
      case 'process-applies': {
        const kept = this.#plans.get(event.plan);
        if (!kept) return;
        const isStale = kept.resets < this.decisions.resets && !this.decisions.mayHalt;
        this.#start(event, async (calve) => {
          const result = await calve.apply(structuredClone(kept.plan), ALLOWED);
          if (isStale && result.outcome === 'committed')
            this.problems.push({
              rule: 'stale plan applied',
              message: `${event.process} applies ${event.plan}, which was made before the ledger was begun anew.`,
            });
          return result;
        });
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
        this.decisions.touchTable();
        this.#engine(async (ports) => this.#removeByHand(await rollBack(ports, event.snapshots)));
        return;
      case 'state-backup':
        this.decisions.backup();
        this.state.backup();
        return;
      case 'state-restore':
        void this.decisions.restore();
        void this.state.restore();
        return;
      case 'state-loss':
        this.decisions.setBack('state');
        this.state.lose();
        return;
      case 'process-resets':
        this.#operate(event, (calve) =>
          calve.reset(this.#spec, event.choice === 'reload' ? { reload: true } : { fromNow: true }),
        );
        return;
      case 'process-adopts':
        this.#operate(event, (calve) => calve.adopt(this.#spec, { unknown: event.choice }));
        return;
      case 'process-accepts-rollback':
        this.#operate(event, (calve) =>
          calve.acceptRollback(this.#spec, event.choice === 'reingest' ? { reingest: true } : { leaveOut: true }),
        );
    }
  }

  #operate(event: Extract<HistoryEvent, { choice: string }>, work: Work): void {
    const process = this.#start(event, work);
    this.decisions.begin(event, process.environment.now());
  }

  #start(event: { process: string; isImpatient: boolean; faults: readonly Fault[] }, work: Work): SimulatedProcess {
    const { mayAsk } = this.decisions;
    this.decisions.beginWork(event.process);
    const process = this.#process(event.process, event.faults);
    this.#turn = process;
    this.#note(`${process.name} begins`);
    this.#run(process, event.isImpatient, work, ({ kind, says, asks }) => {
      this.decisions.endWork(process.name);
      this.#note(`${process.name} ends ${kind}: ${says}`);
      // Who is shown an old table has to ask.
      const isMisled = event.faults.some((fault) => fault.kind === 'load' && fault.answer === 'stale');
      if (asks && !mayAsk && !this.decisions.mayAsk && !isMisled)
        this.problems.push({ rule: 'asks without cause', message: `${process.name} asks a person to decide: ${says}` });
    });
    return process;
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
    return createCalve({
      sources: { landing: this.landing.source(process) },
      formats: { csv: csvFormat() },
      sinks: { lake: this.#sink(process) },
      state: this.state.factory(process),
      environment: process.environment,
      commitPatienceMilliseconds,
      leaseMilliseconds: LEASE_MILLISECONDS,
      // Threads know nothing of the time of a history.
      workers: 0,
    });
  }

  #sink(process: SimulatedProcess): SinkPlugin<unknown> {
    const catalog = this.catalog.factory(process);
    const sink = icebergSink({ catalog, warehouse: `${LAKE}/warehouse` }) as SinkPlugin<unknown>;
    const read = (target: Json) => this.#origins(process, (target as { table: string }).table);
    const isPlain = this.#history.files === 'plain';
    return {
      ...sink,
      connect: async (context) => {
        const session = await sink.connect(context);
        return withOriginReader(isPlain ? withPlainFiles(session) : session, read);
      },
    };
  }

  /** Where the rows of a table come from, file by file. */
  async *#origins(process: SimulatedProcess, table: string): AsyncGenerator<readonly string[]> {
    const checked = checkedTable(this.catalog.current(table));
    const head = checked?.snapshots.find(({ id }) => id === checked.head);
    for (const path of head ? this.reader.files(head).data : []) {
      yield await process.call(async () => this.#lines(path), { isRemote: false });
    }
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
      lines: (location) => this.#lines(location),
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
    const left = countOf(await this.reader.rows(checkedTable(change.after.metadata)));
    const before = countOf(await this.reader.rows(checkedTable(change.before.metadata)));
    this.decisions.setBack(
      'table',
      [...before.keys()].filter((row) => (left.get(row) ?? 0) < (before.get(row) ?? 0)),
    );
  }
}

type Work = (calve: ReturnType<typeof createCalve>) => PromiseLike<unknown>;

/** More than any history needs that ends at all. */
const MOST_EVENTS = 20_000;
/** What is set aside does not make a run fail. */
const ALLOWED: RunOptions = { allow: ['held', 'quarantined', 'failed'] };
