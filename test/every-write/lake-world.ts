import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CalveError,
  type ColumnSpec,
  createCalve,
  type Environment,
  type IngestionSpec,
  type InputSpec,
  type Json,
  type LimitsSpec,
  type MemoryContent,
  memorySource,
  memoryState,
  type RunEvent,
  type RunResult,
} from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import type { CheckpointStoreFactory } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { type IcebergTarget, icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { seededRandom, withoutLeases } from '@calve/testkit';

export const TABLE = 'sales.orders';

/** How rows get into the table. */
export type Mode =
  | { mode: 'append' | 'overwrite-partitions' | 'overwrite-table' }
  | { mode: 'merge'; keys: [string, ...string[]]; newest?: string[] };

/** What a test says of the ingestion; the rest is the default. */
export interface SpecOptions {
  id?: string;
  columns?: Record<string, ColumnSpec>;
  mode?: Mode;
  onChanged?: InputSpec['onChanged'];
  limits?: Partial<LimitsSpec>;
  target?: Partial<IcebergTarget>;
  pattern?: string;
}

/** How one run ended, whether it resolved or not. */
export interface Ended {
  result: RunResult;
  error: CalveError | null;
  events: RunEvent[];
}

/** Files and state in memory, tables on disk: the real sink and its catalog. Nothing waits. */
export class LakeWorld implements AsyncDisposable {
  readonly files: Record<string, MemoryContent> = {};
  readonly folder: string;
  state: CheckpointStoreFactory = withoutLeases(memoryState());
  /** Called at each `step` of every instance. */
  onStep: (label: string) => void | Promise<void> = () => {};
  #instances = 0;
  #now = Date.UTC(2026, 0, 1);

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<LakeWorld> {
    // In memory where the machine has such a folder: thousands of small lakes would wait for a disk otherwise.
    const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    return new LakeWorld(await mkdtemp(join(root, 'calve-every-write-')));
  }

  get warehouse(): string {
    return join(this.folder, 'warehouse');
  }

  /** Writes a file as of now, one second after the last one. */
  put(name: string, content: string): void {
    this.#now += 1000;
    this.files[name] = new File([content], name, { lastModified: this.#now });
  }

  calve(environment: Partial<Environment> = {}) {
    this.#instances += 1;
    const random = seededRandom(this.#instances);
    const node = nodeEnvironment();
    return createCalve({
      sources: { memory: memorySource(this.files) },
      formats: { csv: csvFormat() },
      sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(this.folder, 'catalog.db')), warehouse: this.warehouse }) },
      state: this.state,
      environment: {
        ...node,
        now: () => this.#now,
        sleep: async (milliseconds, signal) => {
          this.#now += milliseconds;
          await node.sleep(0, signal);
        },
        random: (bytes) => random.bytes(bytes),
        step: async (label) => this.onStep(label),
        ...environment,
      },
    });
  }

  spec(options: SpecOptions = {}): IngestionSpec {
    return this.calve()
      .ingestion(options.id ?? 'orders')
      .from('memory', { pattern: options.pattern ?? '**' })
      .as('csv', { header: true })
      .columns(options.columns ?? {})
      .limits({ maxRejectedRatio: 1, ...options.limits })
      .onChanged(options.onChanged ?? 'hold')
      .settle(0)
      .into('lake', { table: TABLE, ...options.target }, options.mode ?? {})
      .build();
  }

  /** Runs in a new instance, as the next process would. */
  async run(options: SpecOptions | IngestionSpec = {}): Promise<Ended> {
    await using calve = this.calve();
    const run = calve.run('specVersion' in options ? options : this.spec(options));
    const events: RunEvent[] = [];
    for await (const event of run) events.push(event);
    try {
      return { result: await run, error: null, events };
    } catch (error) {
      if (!CalveError.is(error)) throw error;
      return { result: (error.context as unknown as { result: RunResult }).result, error, events };
    }
  }

  /** Rows of the table as any reader sees them, with the columns that Calve adds, in the order of the files. */
  async rows(output: 'accepted' | 'rejected' = 'accepted'): Promise<Record<string, Json>[]> {
    await using calve = this.calve();
    const options = { rows: 1_000_000 };
    const spec = this.spec();
    return (await (output === 'accepted' ? calve.head(spec, options) : calve.rejects(spec, options))).rows;
  }

  /** Data files below the warehouse, in a table or not. */
  async dataFiles(): Promise<string[]> {
    const names = await readdir(this.warehouse, { recursive: true });
    return names.filter((name) => name.endsWith('.parquet')).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
