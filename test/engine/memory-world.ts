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
  type RunHandle,
  type RunOptions,
  type RunResult,
  type SchemaPolicy,
} from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import type { CheckpointStoreFactory, ObjectSession, SourcePlugin } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { type MemorySink, memorySink, seededRandom, withoutLeases } from '@calve/testkit';

/** What a test says of the ingestion; the rest is the default. */
export interface WorldOptions {
  columns?: Record<string, ColumnSpec>;
  limits?: Partial<LimitsSpec>;
  schema?: Partial<SchemaPolicy>;
  onChanged?: InputSpec['onChanged'];
  onSameContent?: InputSpec['onSameContent'];
}

/** How one run ended, whether it resolved or not. */
export interface Ended {
  result: RunResult;
  error: CalveError | null;
  events: RunEvent[];
}

export const TABLE = 'sales.orders';

/**
 * Files, state and tables in memory. Several instances of Calve share them, as processes would. Nothing waits: `sleep` returns at once and
 * moves the clock on. Nobody waits for another either, since the state has no leases: that everything is there once does not depend on them.
 */
export class MemoryWorld {
  readonly files: Record<string, MemoryContent> = {};
  sink: MemorySink = memorySink();
  state: CheckpointStoreFactory = withoutLeases(memoryState());
  /** Names of files that were touched, and how often: their identity changes and their content does not. */
  readonly touched = new Map<string, number>();
  /** Called at each `step` of every instance. */
  onStep: (label: string, instance: number) => void | Promise<void> = () => {};
  #instances = 0;
  #now = Date.UTC(2026, 0, 1);

  /** One more instance; `changes` replace what it is made of. */
  calve(
    changes: {
      environment?: Partial<Environment>;
      state?: CheckpointStoreFactory;
      commitPatienceMilliseconds?: number;
      memoryBytes?: number;
      leaseMilliseconds?: number;
    } = {},
  ) {
    this.#instances += 1;
    const instance = this.#instances;
    const random = seededRandom(instance);
    const node = nodeEnvironment();
    const { environment, ...rest } = changes;
    return createCalve({
      sources: { memory: touchable(memorySource(this.files), this.touched) },
      formats: { csv: csvFormat() },
      sinks: { lake: this.sink },
      state: this.state,
      environment: {
        ...node,
        now: () => this.#now,
        sleep: async (milliseconds, signal) => {
          this.#now += milliseconds;
          await node.sleep(0, signal);
        },
        random: (bytes) => random.bytes(bytes),
        step: async (label) => this.onStep(label, instance),
        ...environment,
      },
      ...rest,
    });
  }

  spec(options: WorldOptions = {}): IngestionSpec {
    return this.calve()
      .ingestion('orders')
      .from('memory')
      .as('csv', { header: true })
      .columns(options.columns ?? {})
      .limits(options.limits ?? {})
      .schema(options.schema ?? {})
      .onChanged(options.onChanged ?? 'hold')
      .onSameContent(options.onSameContent ?? 'skip')
      .settle(0)
      .into('lake', { table: TABLE })
      .build();
  }

  /** Runs in a new instance, as the next process would. */
  async run(options: WorldOptions | IngestionSpec = {}, runOptions: RunOptions = {}): Promise<Ended> {
    await using calve = this.calve();
    return await ended(calve.run('specVersion' in options ? options : this.spec(options), runOptions));
  }

  /** Rows of the table without the columns that Calve adds. */
  rows(table = TABLE): Record<string, Json>[] {
    return this.sink.rows(table).map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('_'))));
  }

  /** Values of one column, in the order of the table. */
  column(name: string): Json[] {
    return this.rows().map((row) => row[name] ?? null);
  }

  /** Files that no snapshot refers to. */
  orphans(): string[] {
    const live = new Set([TABLE, `${TABLE}__rejected`].flatMap((table) => this.sink.snapshots(table).at(-1)?.files ?? []));
    return this.sink.files().filter((file) => !live.has(file));
  }
}

export async function ended(run: RunHandle): Promise<Ended> {
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  try {
    return { result: await run, error: null, events };
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    return { result: (error.context as unknown as { result: RunResult }).result, error, events };
  }
}

/** A CSV file with the columns `id` and `name`. */
export function rowsOf(...ids: number[]): string {
  return `id,name\n${ids.map((id) => `${id},name ${id}\n`).join('')}`;
}

function touchable<Output, Input>(
  source: SourcePlugin<Output, Input>,
  touched: ReadonlyMap<string, number>,
): SourcePlugin<Output, Input> {
  const suffix = (place: string): string => {
    const times = touched.get(place.slice('memory:///'.length));
    return times === undefined ? '' : `@${times}`;
  };
  return {
    ...source,
    async connect(options, context) {
      const session = (await source.connect(options, context)) as ObjectSession;
      return {
        kind: 'objects',
        async *list(request) {
          for await (const page of session.list(request)) {
            yield { ...page, units: page.units.map((unit) => ({ ...unit, key: unit.key + suffix(unit.place) })) };
          }
        },
        open: (unit, opening) => session.open({ ...unit, key: unit.key.replace(/@\d+$/, '') }, opening),
        check: () => session.check(),
        externalAccess: () => session.externalAccess(),
        close: () => session.close(),
      };
    },
  };
}
