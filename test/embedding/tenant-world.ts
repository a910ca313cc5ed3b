import {
  createCalve,
  type IngestionSpec,
  type Json,
  type MemoryContent,
  memorySource,
  memoryState,
  type RunEvent,
} from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import type { ByteReader, ObjectSession, ObjectUnit, SinkPlugin } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { type MemorySink, type MemoryTarget, memorySink } from '@calve/testkit';

/** The table of the ingestion `orders`. */
export const TABLE = 'sales.orders';

/** Where the reads of a tenant stop until a test lets them go on. Open unless it is held. */
export class Gate {
  readonly #held = new Set<string>();
  readonly #stopped: { tenant: string; go(): void }[] = [];

  hold(tenant: string): void {
    this.#held.add(tenant);
  }

  open(tenant: string): void {
    this.#held.delete(tenant);
    while (this.letOneGo(tenant));
  }

  /** Lets the read go on that has stopped longest, or the n-th after it; false: none has stopped. */
  letOneGo(tenant: string, n = 0): boolean {
    const stopped = this.#stopped.filter((read) => read.tenant === tenant);
    const read = stopped[n % Math.max(1, stopped.length)];
    if (!read) return false;
    this.#stopped.splice(this.#stopped.indexOf(read), 1);
    read.go();
    return true;
  }

  stopped(tenant: string): number {
    return this.#stopped.filter((read) => read.tenant === tenant).length;
  }

  async pass(tenant: string, signal: AbortSignal): Promise<void> {
    if (!this.#held.has(tenant) || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const read = { tenant, go: resolve };
      this.#stopped.push(read);
      signal.addEventListener('abort', () => {
        const at = this.#stopped.indexOf(read);
        if (at >= 0) this.#stopped.splice(at, 1);
        resolve();
      });
    });
  }
}

/** One instance for several tenants, whose files and tables are in memory, each tenant's its own, under the same names. */
export class TenantWorld {
  readonly gate = new Gate();
  readonly state = memoryState();
  /** By tenant and name. */
  readonly files: Record<string, Record<string, MemoryContent>> = {};
  /** Called for each read before it happens; what it throws is what the storage answers. */
  onRead: (tenant: string, unit: ObjectUnit) => void = () => {};
  readonly #sinks = new Map<string, MemorySink>();

  calve(options: { memoryBytes?: number; tenantMemoryBytes?: number } = {}) {
    const node = nodeEnvironment();
    const sink = memorySink();
    const tables: SinkPlugin<MemoryTarget> = { ...sink, connect: (context) => this.sinkOf(context.tenant).connect(context) };
    return createCalve({
      sources: { landing: this.#source() },
      formats: { csv: csvFormat() },
      sinks: { lake: tables },
      state: this.state,
      // Nothing waits for a clock: whoever sleeps only lets others go first.
      environment: { ...node, sleep: (_, signal) => node.sleep(0, signal) },
      ...options,
    });
  }

  /** The same JSON for every tenant; each id has its table, `sales.<id>`. */
  spec(id = 'orders', pattern = '**'): IngestionSpec {
    return this.calve()
      .ingestion(id)
      .from('landing', { pattern })
      .as('csv', { header: true })
      .settle(0)
      .into('lake', { table: `sales.${id}` })
      .build();
  }

  sinkOf(tenant: string): MemorySink {
    const sink = this.#sinks.get(tenant) ?? memorySink();
    this.#sinks.set(tenant, sink);
    return sink;
  }

  /** Rows of a tenant's table without the columns that Calve adds. */
  rows(tenant: string, table = TABLE): Record<string, Json>[] {
    const rows = this.sinkOf(tenant).rows(table);
    return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('_'))));
  }

  #source(): ReturnType<typeof memorySource> {
    const { gate } = this;
    const keys = new Map<string, string>();
    return {
      ...memorySource({}),
      connect: async (options, context) => {
        const { tenant } = context;
        const session = (await memorySource(this.files[tenant] ?? {}).connect(options, context)) as ObjectSession;
        const alike = (unit: ObjectUnit): ObjectUnit => {
          keys.set(`${tenant} ${unit.place}`, unit.key);
          return { ...unit, key: unit.place };
        };
        return {
          kind: 'objects',
          async *list(request) {
            // Not even the content tells apart what two tenants have in the same place: what is remembered by key has to know the tenant.
            for await (const page of session.list(request)) yield { ...page, units: page.units.map(alike) };
          },
          open: async (unit, opening) => {
            const reader = await session.open({ ...unit, key: keys.get(`${tenant} ${unit.place}`) ?? unit.key }, opening);
            const read: ByteReader['read'] = async (target, offset) => {
              await gate.pass(tenant, opening.signal);
              this.onRead(tenant, unit);
              return reader.read(target, offset);
            };
            return { sizeBytes: reader.sizeBytes, read, verify: () => reader.verify(), close: () => reader.close() };
          },
          check: () => session.check(),
          externalAccess: () => session.externalAccess(),
          close: () => session.close(),
        };
      },
    };
  }
}

/** Lets everything go on until something is so; a hang is a test that fails by its time limit. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Lets everything go on that does not wait for the test. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Collects the events of a run that goes on in the background. */
export function listen(run: AsyncIterable<RunEvent>): RunEvent[] {
  const events: RunEvent[] = [];
  void (async () => {
    for await (const event of run) events.push(event);
  })();
  return events;
}
