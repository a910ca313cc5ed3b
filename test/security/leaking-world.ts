import { createCalve, memorySource, memoryState, type RunEvent } from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import type { CallContext, CheckpointStoreFactory } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { type MemorySink, memorySink } from '@calve/testkit';

/** A secret with characters that every encoding writes otherwise. */
export const CANARY = 'C4nary/+ "x"\\é-9f8e7d6c';

/** Methods whose answer is another thing that may leak, and what that is called. */
const ANSWERS: Record<string, string> = {
  'source.connect': 'files',
  'files.open': 'reader',
  'sink.connect': 'tables',
  'tables.writer': 'writers',
  'writers.create': 'writer',
  'decoders.create': 'decoder',
  'state.open': 'store',
};

/** Plugins and state that work, until one of their methods throws what a test says. */
export class LeakingWorld {
  readonly #state = memoryState();
  readonly #sink = memorySink();
  /** The methods that throw: `files.open`. */
  #points: readonly string[] = [];
  #thrown: () => unknown = () => new Error('nothing');
  /** How often they threw. */
  leaks = 0;
  /** What listeners heard. */
  readonly events: RunEvent[] = [];

  /** From now on these methods throw that. */
  leak(points: readonly string[], thrown: () => unknown): void {
    this.#points = points;
    this.#thrown = thrown;
  }

  /** @param changes Plugins that tell the canary without throwing. */
  calve(
    changes: {
      source?: ReturnType<typeof memorySource>;
      format?: ReturnType<typeof csvFormat>;
      sink?: MemorySink;
      state?: CheckpointStoreFactory;
    } = {},
  ) {
    const files = { 'orders.csv': 'id,name\n1,a\n2,b\n', 'ragged.csv': 'id,name\n3,c\n4\n' };
    const source = changes.source ?? memorySource(files);
    const format = changes.format ?? csvFormat();
    const sink = changes.sink ?? this.#sink;
    const calve = createCalve({
      sources: { memory: this.#leaky(knowing(source), 'source') },
      formats: { csv: changed(format, { decoder: this.#leaky(format.decoder, 'decoders') }) },
      sinks: { lake: this.#leaky(knowing(sink), 'sink') },
      state: this.#leaky(changes.state ?? this.#state, 'state'),
      environment: { ...nodeEnvironment(), sleep: async () => {} },
      resolveSecret: async () => CANARY,
    });
    calve.on('event', (event) => {
      this.events.push(event);
    });
    return calve;
  }

  /** All that is kept in the state and in the table. */
  async stored(): Promise<unknown> {
    const store = await this.#state.open();
    const key = { tenant: 'default', ingestion: 'orders' };
    const records = [];
    for await (const record of store.scan(key, {})) records.push(record);
    return { head: await store.read(key), records, rows: this.#sink.rows('sales.orders') };
  }

  #leaky<T extends object>(target: T, name: string): T {
    return new Proxy(target, {
      get: (_, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]): unknown => {
          const point = `${name}.${String(property)}`;
          if (this.#points.includes(point)) {
            this.leaks += 1;
            throw this.#thrown();
          }
          const answer: unknown = member.apply(target, given);
          const inside = ANSWERS[point];
          if (inside === undefined) return answer;
          return answer instanceof Promise
            ? answer.then((value: object) => this.#leaky(value, inside))
            : this.#leaky(answer as object, inside);
        };
      },
    });
  }
}

/** The same thing with other members. */
export function changed<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get(_, property) {
      if (Object.hasOwn(members, property)) return Reflect.get(members, property);
      const member: unknown = Reflect.get(target, property, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** A plugin that asks for its secret first, as one with credentials does. */
function knowing<P extends { connect(...given: never[]): unknown }>(plugin: P): P {
  const connect = plugin.connect.bind(plugin) as (...given: unknown[]) => unknown;
  return changed<{ connect(...given: unknown[]): unknown }>(plugin as never, {
    async connect(...given) {
      await (given.at(-1) as CallContext).resolveSecret({ secret: 'db' });
      return connect(...given);
    },
  }) as unknown as P;
}
