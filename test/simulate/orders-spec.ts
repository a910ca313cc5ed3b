import { createCalve, type IngestionSpec, int64, memorySource, memoryState, string } from '@calve/core';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';

/** The tables of every history: accepted rows, and rejected ones. */
export const TABLE = 'sales.orders';
export const REJECTED = `${TABLE}__rejected`;

/** What every process of every history does: two files in a commit, bad rows into their own table. */
export const ordersSpec: IngestionSpec = createCalve({
  sources: { landing: memorySource({}) },
  formats: { csv: csvFormat() },
  sinks: { lake: icebergSink({ catalog: sqliteCatalog('/simulated/lake/catalog.db'), warehouse: '/simulated/lake/warehouse' }) },
  state: memoryState(),
})
  .ingestion('orders')
  .from('landing')
  .as('csv', { header: true })
  .columns({ row: string(), amount: int64() })
  .limits({ maxRejectedRatio: 1, maxUnitsPerBatch: 2 })
  .settle(0)
  .into('lake', { table: TABLE, properties: { 'commit.manifest.min-count-to-merge': '2' } })
  .build();
