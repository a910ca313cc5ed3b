// A consumer in CommonJS: everything with require, nothing with import.
const { createCalve, memorySource, memoryState } = require('@calve/core');
const { sqliteState } = require('@calve/core/node');
const { openProjector } = require('@calve/core/plugin');
const { browserEnvironment } = require('@calve/core/browser');
const { csvFormat } = require('@calve/format-csv');
const { icebergSink, sqliteCatalog } = require('@calve/sink-iceberg');
const { localSource } = require('@calve/source-local');
const { memorySink } = require('@calve/testkit');

async function main() {
  const calve = createCalve({
    sources: { upload: memorySource({ 'orders.csv': 'id,amount\n1,1.25\n2,2.50\n' }) },
    formats: { csv: csvFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog('./lake/catalog.db'), warehouse: './lake/warehouse' }) },
    state: memoryState(),
  });
  const spec = calve.ingestion('orders').from('upload').as('csv').into('lake', { table: 'sales.orders' }).build();
  const { counts } = await calve.run(spec);
  await calve.close();
  const functions = [sqliteState, openProjector, browserEnvironment, localSource, memorySink];
  process.stdout.write(JSON.stringify({ counts: counts.main, functions: functions.map((one) => typeof one) }));
}

void main();
