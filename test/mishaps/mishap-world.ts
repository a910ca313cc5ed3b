import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CalveError, createCalve, type IngestionPlan, type InputSpec, type RunEvent, type RunResult } from '@calve/core';
import { nodeEnvironment, sqliteState } from '@calve/core/node';
import type { Environment, ProcessIdentity } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

/** Where things are and what they are called; all below the folder of the world. */
export interface Choice {
  landing?: string;
  lake?: string;
  /** Default: `calve.db` in the lake. */
  state?: string;
  id?: string;
  table?: string;
  onChanged?: InputSpec['onChanged'];
  onSameContent?: InputSpec['onSameContent'];
  settleSeconds?: number;
  maxUnitsPerBatch?: number;
  /** Called at each labelled step of the run. */
  onStep?: (label: string) => void | Promise<void>;
  /** The run plays a process that stops for good: others find that it is not alive any more. */
  isKilled?: boolean;
  /** How far the clock of the run is ahead; below zero it is behind. */
  clockAheadMilliseconds?: number;
}

/** How a run ended, and every sentence that it said on the way. */
export interface Told {
  outcome: RunResult['outcome'];
  units: RunResult['units'];
  /** Code of the error that the run rejected with; null: it resolved. */
  code: string | null;
  error: CalveError | null;
  /** Messages of findings, of files that were not loaded, and of the error. */
  said: string[];
  events: RunEvent[];
}

/** A landing folder and a lake on a real disk, as `calve run landing lake` has them, each run in a new instance. */
export class MishapWorld implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async start(): Promise<MishapWorld> {
    const path = await mkdtemp(join(tmpdir(), 'calve-mishap-'));
    // Other users must get in: some tests run as one.
    await chmod(path, 0o777);
    const world = new MishapWorld(path);
    await mkdir(world.at('landing'), { mode: 0o777 });
    return world;
  }

  /** A world in which `a.csv` with the id 1 and `b.csv` with the id 2 are loaded. */
  static async loaded(choice: Choice = {}): Promise<MishapWorld> {
    const world = await MishapWorld.start();
    await world.write('landing/a.csv', rowsOf(1));
    await world.write('landing/b.csv', rowsOf(2));
    const { outcome, said } = await world.run(choice);
    if (outcome !== 'committed') throw new TypeError(`the first run ended as ${outcome}: ${said.join(' ')}`);
    return world;
  }

  at(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file with a time in the past, so that no run waits for it. Each version has a time of its own. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.at(name)), { recursive: true });
    await writeFile(this.at(name), content);
    await this.setTime(name);
  }

  #minutes = 0;

  async setTime(name: string): Promise<void> {
    this.#minutes += 1;
    const time = new Date(Date.UTC(2026, 0, 1) + this.#minutes * 60_000);
    await utimes(this.at(name), time, time);
  }

  async run(choice: Choice = {}): Promise<Told> {
    await using calve = this.calve(choice);
    return await told(calve.run(this.spec(choice)));
  }

  async plan(choice: Choice = {}): Promise<IngestionPlan> {
    await using calve = this.calve(choice);
    return await calve.plan(this.spec(choice));
  }

  async apply(plan: IngestionPlan, choice: Choice = {}): Promise<Told> {
    await using calve = this.calve(choice);
    return await told(calve.apply(plan));
  }

  /** The ids in the table, sorted: each row of each file has its own. */
  async ids(choice: Choice = {}): Promise<number[]> {
    await using calve = this.calve(choice);
    const { rows } = await calve.head(this.spec(choice), { rows: 100_000 });
    return rows.map((row) => Number(row['id'])).sort((a, b) => a - b);
  }

  calve({ lake = 'lake', state = `${lake}/calve.db`, onStep, isKilled = false, clockAheadMilliseconds = 0 }: Choice = {}) {
    const environment: Environment = { ...nodeEnvironment(), step: async (label) => onStep?.(label) };
    environment.now = () => Date.now() + clockAheadMilliseconds;
    if (isKilled) environment.processIdentity = endedProcess;
    return createCalve({
      sources: { local: localSource() },
      formats: { csv: csvFormat() },
      sinks: {
        lake: icebergSink({ catalog: sqliteCatalog(this.at(`${lake}/catalog.db`)), warehouse: this.at(`${lake}/warehouse`) }),
      },
      state: sqliteState(this.at(state)),
      environment,
    });
  }

  spec(choice: Choice = {}) {
    const { landing = 'landing', id = 'orders', table = 'sales.orders' } = choice;
    return this.calve(choice)
      .ingestion(id)
      .from('local', { path: this.at(landing) })
      .as('csv', { header: true })
      .settle(choice.settleSeconds ?? 0)
      .onChanged(choice.onChanged ?? 'hold')
      .onSameContent(choice.onSameContent ?? 'skip')
      .limits(choice.maxUnitsPerBatch === undefined ? {} : { maxUnitsPerBatch: choice.maxUnitsPerBatch })
      .into('lake', { table })
      .build();
  }

  /**
   * Names, and hashes of the content, of everything below a folder: equal before and after means that nothing was written. Without the logs
   * that SQLite keeps beside an open file.
   */
  async contentOf(name: string): Promise<Record<string, string>> {
    const content: Record<string, string> = {};
    for (const entry of await readdir(this.at(name), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !/\.db-(wal|shm)$/.test(path))
        content[path.slice(this.path.length + 1)] = hash('sha256', await readFile(path)).slice(0, 16);
    }
    return content;
  }

  /** Every folder below a folder, by its path in the world. */
  async foldersOf(name: string): Promise<string[]> {
    const entries = await readdir(this.at(name), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ parentPath, name: own }) => join(parentPath, own).slice(this.path.length + 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Of this machine, and not alive any more. */
function endedProcess(): ProcessIdentity {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const own = nodeEnvironment().processIdentity?.();
  if (!own) throw new TypeError('Node tells which process this is.');
  return { ...own, pid };
}

/** A CSV file with the columns `id` and `name`. */
export function rowsOf(...ids: number[]): string {
  return `id,name\n${ids.map((id) => `${id},name ${id}\n`).join('')}`;
}

async function told(run: ReturnType<ReturnType<MishapWorld['calve']>['run']>): Promise<Told> {
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  const said = events.flatMap((event) => {
    if (event.kind === 'finding') return [event.diagnostic.message];
    return event.kind === 'unit-finished' && event.record.finding ? [event.record.finding.message] : [];
  });
  try {
    const { outcome, units } = await run;
    return { outcome, units, code: null, error: null, said, events };
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    const { result } = error.context as unknown as { result: RunResult };
    return { ...result, code: error.code, error, said: [...said, error.message], events };
  }
}
