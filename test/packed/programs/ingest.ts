// A consumer's program, run as it is, bundled as ESM and bundled as CommonJS. Without top-level await, which CommonJS does not have.
import { CalveError, createCalve, decimal } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { rebuildPortable } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { testContext } from '@calve/testkit';

async function ingest(isolation: 'inline' | 'process'): Promise<void> {
  await using calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog('./lake/catalog.db'), warehouse: './lake/warehouse' }) },
    state: sqliteState('./lake/calve.db'),
    isolation,
  });
  const spec = calve
    .ingestion('orders')
    .from('local', { path: './landing' })
    .detect()
    .columns({ amount: decimal(12, 2) })
    .settle(0)
    .into('lake', { table: 'sales.orders' })
    .build();
  const { counts } = await calve.run(spec);
  const { rows } = await calve.head(spec, { rows: 1 });
  process.stdout.write(JSON.stringify({ counts: counts['main'], first: rows[0], portable: await loadDecoder() }));
}

/** What becomes of the half of a plugin that is loaded by its path: a bundle has left it out. */
async function loadDecoder(): Promise<string> {
  try {
    const { module, exportName, config } = csvFormat().decoder;
    const decoder = await rebuildPortable<object>({ module, exportName, config }, testContext(), undefined);
    return 'decode' in decoder ? 'loaded' : 'not a decoder';
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

void ingest('inline');
