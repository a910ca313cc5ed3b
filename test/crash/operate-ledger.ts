// A process of its own: does one operation on the ledger of the sample folder, and kills itself at a named step when it is told to.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CalveError, createCalve } from '@calve/core';
import { nodeEnvironment, sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

const { values } = parseArgs({
  options: { folder: { type: 'string' }, operation: { type: 'string' }, 'kill-at': { type: 'string' } },
});
const folder = values.folder ?? '.';
const lake = join(folder, 'lake');
await using calve = createCalve({
  sources: { local: localSource() },
  formats: { csv: csvFormat() },
  sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
  state: sqliteState(join(lake, 'calve.db')),
  environment: {
    ...nodeEnvironment(),
    async step(label: string): Promise<void> {
      if (label === values['kill-at']) process.kill(process.pid, 'SIGKILL');
    },
  },
});
const spec = calve
  .ingestion('orders')
  .from('local', { path: join(folder, 'landing'), pattern: '*.csv' })
  .as('csv', { header: true })
  .limits({ maxRejectedRatio: 0.5 })
  .settle(0)
  .into('lake', { table: 'sales.orders', partitionBy: [{ transform: 'day', column: 'ordered_at' }] })
  .build();

try {
  const result = values.operation === 'adopt' ? await calve.adopt(spec) : await calve.reset(spec, { fromNow: true });
  console.log(JSON.stringify(result));
} catch (error) {
  console.error(CalveError.is(error) ? JSON.stringify(error) : error);
  process.exitCode = 1;
}
