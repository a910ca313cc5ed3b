import { createColumnBatch, type SinkPlugin, type SinkSession, type TableWriter } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import type { MemoryTarget } from '../src/index.ts';
import { memorySink, sinkConformance } from '../src/index.ts';

const target = { table: 'sales.orders' };

describe('memorySink', () => {
  sinkConformance(it, { start: async () => ({ sink: memorySink(), target }) });
});

/** Names of the cases that a sink fails. */
async function failedCases(change: (session: SinkSession) => Partial<SinkSession>): Promise<string[]> {
  const failed: string[] = [];
  const cases: [string, () => Promise<void>][] = [];
  const start = async () => {
    const inner = memorySink();
    const connect: SinkPlugin<MemoryTarget>['connect'] = async (context) => {
      const session = await inner.connect(context);
      const changed = change(session);
      return new Proxy(session, {
        get: (object, name) => {
          const value: unknown = Reflect.get(name in changed ? changed : object, name);
          return typeof value === 'function' ? value.bind(name in changed ? changed : object) : value;
        },
      });
    };
    return { sink: { ...inner, connect }, target };
  };
  sinkConformance((name, run) => cases.push([name, run]), { start });
  for (const [name, run] of cases) await run().catch(() => failed.push(name));
  return failed;
}

/** A writer that takes columns over instead of copying them, and writes them when it is finished. */
function keepsColumns(inner: TableWriter): TableWriter {
  const kept: (() => Promise<void> | void)[] = [];
  return {
    beginUnit(unit) {
      kept.push(() => inner.beginUnit?.(unit));
    },
    async write({ fields, columns, rows }) {
      kept.push(() => inner.write(createColumnBatch({ fields, columns, rows })));
    },
    async finish() {
      for (const call of kept) await call();
      return inner.finish();
    },
    abort: () => inner.abort(),
  };
}

describe('sinkConformance', () => {
  it('finds nothing wrong with a sink that keeps the contract', async () => {
    expect(await failedCases(() => ({}))).toEqual([]);
  });

  it('finds a writer that keeps columns, and only in the case that says so', async () => {
    const failed = await failedCases((session) => ({
      writer: (...args) => {
        const portable = session.writer(...args);
        return { ...portable, create: async (context, ports) => keepsColumns(await portable.create(context, ports)) };
      },
    }));
    expect(failed).toEqual(['writer: a batch is not read after its release']);
  });

  it('finds a sink that never looks for its evidence', async () => {
    const failed = await failedCases((session) => ({
      prepare: async (intent, output) => {
        const prepared = await session.prepare(intent, output);
        return prepared.kind === 'already-committed'
          ? session.prepare({ ...intent, sequence: intent.sequence + 1 }, output)
          : prepared;
      },
    }));
    expect(failed).toContain('prepare: an intent that is in the table is already committed, for every session');
  });

  it('finds a sink that deletes after an unknown outcome', async () => {
    const failed = await failedCases((session) => ({
      abandon: async (intent, output) => {
        const main = intent.outputs[output]!;
        await session.abandon({ ...intent, outputs: { [output]: { ...main, attempts: [] } } }, output);
      },
    }));
    expect(failed).toEqual(
      ['not answered', 'unknown', 'conflict', 'committed'].map(
        (outcome) => `abandon: refuses, and deletes nothing, when an attempt was ${outcome}`,
      ),
    );
  });

  it('finds a sink that sends without asserting the head', async () => {
    const failed = await failedCases((session) => ({
      send: async (request) => {
        const state = await session.inspect(target);
        const now = state === 'absent' ? {} : { head: state.snapshot, identity: state.identity };
        return session.send({ ...(request as object), ...now });
      },
    }));
    expect(failed).toContain('send: of two racing intents one commits, and the other commits on the new head');
  });
});
