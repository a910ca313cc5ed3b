import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CalveError, createCalve } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import type { Portable, SinkSession, TableWriter, WriterPorts } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { describe, expect, it } from 'vitest';

/** 300 records: 298 good ones, a field too many, and a word in a column of numbers. */
const csv = `id,amount\n${Array.from({ length: 298 }, (_, row) => `${row},${row}.5`).join('\n')}\n1,2,3\nabc,1.5\n`;

type Sink = ReturnType<typeof icebergSink>;

/** A sink whose writer of one output loses the last batch that it was given, without a word. */
function losing(sink: Sink, output: string): Sink {
  return {
    ...sink,
    async connect(context) {
      const session = await sink.connect(context);
      const writer: SinkSession['writer'] = (program, intent, name) => {
        const portable = session.writer(program, intent, name);
        return name === output ? losingLast(portable) : portable;
      };
      return new Proxy(session, {
        get(target, key) {
          if (key === 'writer') return writer;
          const member: unknown = Reflect.get(target, key, target);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      });
    },
  };
}

function losingLast(portable: Portable<TableWriter, WriterPorts>): Portable<TableWriter, WriterPorts> {
  return {
    ...portable,
    async create(context, ports) {
      const inner = await portable.create(context, ports);
      return { write: async () => {}, finish: () => inner.finish(), abort: () => inner.abort() };
    },
  };
}

async function load(change: (sink: Sink) => Sink): Promise<{ counts: unknown; error: CalveError | null; tableExists: boolean }> {
  const folder = await mkdtemp(join(tmpdir(), 'calve-counting-'));
  const path = join(folder, 'orders.csv');
  await writeFile(path, csv);
  const sink = icebergSink({ catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'warehouse') });
  await using calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat() },
    sinks: { lake: change(sink) },
    state: sqliteState(join(folder, 'calve.db')),
  });
  const spec = calve
    .ingestion('orders')
    .from('local', { path })
    .as('csv')
    .settle(0)
    .into('lake', { table: 'sales.orders' })
    .build();
  let counts: unknown = null;
  let error: CalveError | null = null;
  try {
    counts = (await calve.run(spec)).counts;
  } catch (thrown) {
    error = thrown as CalveError;
  }
  return { counts, error, tableExists: (await calve.head(spec)).snapshot !== null };
}

describe('the counting law', () => {
  it('holds per output: read is written, rejected and filtered', async () => {
    const { counts } = await load((sink) => sink);
    expect(counts).toEqual({
      main: { read: 300, expanded: 0, written: 298, rejected: 2, filtered: 0, deduplicated: 0, replaced: 0 },
      rejected: { read: 300, expanded: 0, written: 2, rejected: 0, filtered: 298, deduplicated: 0, replaced: 0 },
    });
  });

  it.each(['main', 'rejected'])('stops the run before the commit when the writer of output "%s" loses rows', async (output) => {
    const { error, tableExists } = await load((sink) => losing(sink, output));
    expect(error?.code).toBe('COUNT_MISMATCH');
    expect(tableExists).toBe(false);
  });
});
