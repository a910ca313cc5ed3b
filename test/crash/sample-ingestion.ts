import { join } from 'node:path';
import { createCalve, type IngestionSpec } from '@calve/core';
import { nodeEnvironment, sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

/** How the sample is written, and what becomes of a file that changed: it waits; or it is loaded again, beside what it was or in its place. */
export type SampleWrite = 'append' | 'append-again' | 'replace' | 'merge' | 'overwrite-partitions';

/**
 * The one ingestion of a sample folder, with its lake on real disk: whoever loads it and whoever works on its ledger has to mean the same.
 *
 * @param step Hears each step before it is done.
 */
export function openSample(folder: string, step: (label: string) => void, write: SampleWrite = 'append') {
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
    .onChanged(write === 'append' ? 'hold' : write === 'replace' ? 'replace' : 'append')
    .into(
      'lake',
      {
        table: 'sales.orders',
        // A third commit merges the manifests of the two before it.
        properties: { 'commit.manifest.min-count-to-merge': '2' },
        // Each file has a partition of its own where whole partitions are replaced.
        partitionBy:
          write === 'overwrite-partitions'
            ? [{ transform: 'identity', column: '_source_file' }]
            : [{ transform: 'day', column: 'ordered_at' }],
      },
      write === 'merge'
        ? { mode: 'merge', keys: ['id'] }
        : { mode: write === 'overwrite-partitions' ? 'overwrite-partitions' : 'append' },
    )
    .build();
  return { calve, spec };
}
