// A process of its own, so that its memory can be measured: `merge-lake.ts <folder>` merges `<folder>/in` into the table `sales.orders` by `id`.
import { join } from 'node:path';
import { createCalve } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

const folder = process.argv[2]!;
await using calve = createCalve({
  sources: { local: localSource() },
  formats: { csv: csvFormat() },
  sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'warehouse') }) },
  state: sqliteState(join(folder, 'calve.db')),
});
const spec = calve
  .ingestion('orders')
  .from('local', { path: join(folder, 'in') })
  .as('csv', {})
  .settle(0)
  .into('lake', { table: 'sales.orders' }, { mode: 'merge', keys: ['id'] })
  .build();
const { counts } = await calve.run(spec);
process.stdout.write(JSON.stringify(counts['main']));
