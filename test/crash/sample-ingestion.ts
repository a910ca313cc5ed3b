import { join } from 'node:path';
import { createCalve, type IngestionSpec } from '@calve/core';
import { nodeEnvironment, sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

/**
 * The one ingestion of a sample folder, with its lake on real disk: whoever loads it and whoever works on its ledger has to mean the same.
 *
 * @param step Hears each step before it is done.
 */
export function openSample(folder: string, step: (label: string) => void) {
  const lake = join(folder, 'lake');
  const calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
    state: sqliteState(join(lake, 'calve.db')),
    environment: { ...nodeEnvironment(), step: async (label: string) => step(label) },
  });
  const spec: IngestionSpec = calve
    .ingestion('orders')
    .from('local', { path: join(folder, 'landing'), pattern: '*.csv' })
    .as('csv', { header: true })
    .limits({ maxRejectedRatio: 0.5 })
    .settle(0)
    .into('lake', { table: 'sales.orders', partitionBy: [{ transform: 'day', column: 'ordered_at' }] })
    .build();
  return { calve, spec };
}
