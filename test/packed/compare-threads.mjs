// Runs inside a consumer's project: the same file through the halves in this thread and in a worker thread.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createCalve } from '@calve/core';
import { nodeEnvironment, sqliteState } from '@calve/core/node';
import { DEFAULT_LIMITS } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { writeWithRebuiltHalves } from './worker-half.mjs';

const folder = process.argv[2];
const path = join(folder, 'orders.csv');
const rows = Array.from(
  { length: 5000 },
  (_, row) => `${row},${row % 7 === 0 ? '' : `${row}.25`},"note, ${row}",2026-03-0${1 + (row % 4)}`,
);
writeFileSync(path, `id,amount,note,day\n${rows.join('\n')}\n`);

const csv = csvFormat();
const sink = icebergSink({ catalog: sqliteCatalog(join(folder, 'lake/catalog.db')), warehouse: join(folder, 'lake/warehouse') });
await using calve = createCalve({
  sources: { local: localSource() },
  formats: { csv },
  sinks: { lake: sink },
  state: sqliteState(join(folder, 'lake/calve.db')),
});
const spec = calve
  .ingestion('orders')
  .from('local', { path })
  .as('csv')
  .settle(0)
  .into('lake', { table: 'sales.orders', partitionBy: [{ transform: 'day', column: 'day' }] })
  .build();
const { program, batch } = await calve.plan(spec);
const outputs = Object.fromEntries(
  program.outputs.map(({ name }) => [name, { state: 'planned', identity: 'absent', snapshot: '1', staged: [], attempts: [] }]),
);
const intent = {
  key: { tenant: 'default', ingestion: 'orders' },
  generation: batch.generation,
  sequence: batch.sequence,
  commitId: batch.commitId,
  programHash: program.hash,
  program,
  unitKeys: [],
  writerId: 'writer',
  runId: 'run',
  plannedAt: batch.plannedAt,
  records: [],
  outputs,
};
const context = {
  tenant: 'default',
  runId: 'run',
  signal: new AbortController().signal,
  environment: nodeEnvironment(),
  resolveSecret: async () => '',
  limits: DEFAULT_LIMITS,
  reserve: async () => ({ release() {} }),
  report() {},
};
const session = await sink.connect(context);
const portable = ({ module, exportName, config }) => ({ module, exportName, config });
const [{ unit, reader }] = batch.units;
const job = {
  decoder: portable(csv.decoder),
  writer: portable(session.writer(program, intent, 'main')),
  path,
  plan: program.readers.find(({ id }) => id === reader).plan,
  projection: program.outputs[0].projections[reader],
  facts: {
    unitUri: unit.uri,
    unitVersion: unit.version,
    unitModified: unit.modifiedAt,
    runId: 'run',
    plannedAt: batch.plannedAt,
  },
};
const here = await writeWithRebuiltHalves(job);
const there = await new Promise((resolve, reject) => {
  const worker = new Worker(new URL('./worker-half.mjs', import.meta.url), { workerData: job });
  worker.on('message', resolve);
  worker.on('error', reject);
});
await session.close();
const result = await calve.run(spec);

/** A table without partitions is encoded by threads too: they load the sink's half of that by themselves. */
async function load(name, workers) {
  const lake = join(folder, name);
  mkdirSync(lake);
  await using own = createCalve({
    sources: { local: localSource() },
    formats: { csv },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
    state: sqliteState(join(lake, 'calve.db')),
    workers,
    segmentBytes: 16_384,
  });
  const degraded = [];
  own.on('event', (event) => event.kind === 'degraded' && degraded.push(event.reason));
  const orders = own.ingestion('orders').from('local', { path }).as('csv').settle(0);
  const { counts } = await own.run(orders.into('lake', { table: 'sales.orders' }, { provenance: [] }).build());
  const written = readdirSync(lake, { recursive: true }).filter((file) => file.endsWith('.parquet'));
  return { counts, degraded, files: written.map((file) => readFileSync(join(lake, file)).toString('base64')) };
}
const loads = { alone: await load('alone', 0), threads: await load('threads', 2) };
console.log(JSON.stringify({ here, there, result, loads }));
