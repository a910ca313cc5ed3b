import { join } from 'node:path';
import { createCalve, type Json } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

/** All rows of the orders, or of their rejected rows, as Calve itself reads them. */
export async function readLake(lake: string, what: 'head' | 'rejects'): Promise<Json[]> {
  await using calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
    state: sqliteState(join(lake, 'calve.db')),
  });
  const spec = calve.ingestion('orders').from('local', { path: lake }).as('csv').into('lake', { table: 'sales.orders' }).build();
  return (await calve[what](spec, { rows: 1_000_000 })).rows;
}
