// Loads the files of a folder into a table and prints what the run said and what was written. Run by the test beside it, on one platform and another.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCalve, memoryState } from '@calve/core';
import { csvFormat } from '@calve/format-csv';
import { jsonFormat } from '@calve/format-json';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

const [landing = '', lake = ''] = process.argv.slice(2);
const warehouse = join(lake, 'warehouse');

await using calve = createCalve({
  sources: { local: localSource() },
  formats: { csv: csvFormat(), json: jsonFormat() },
  sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse }) },
  state: memoryState(),
});
const degraded: string[] = [];
const counts: unknown[] = [];
for (const name of readdirSync(landing).sort()) {
  const id = name.replace('.', '_');
  const spec = calve
    .ingestion(id)
    .from('local', { path: landing, pattern: name })
    .detect()
    .settle(0)
    .into('lake', { table: `rungs.${id}` }, { provenance: [] })
    .limits({ maxRejectedRatio: 0.5 })
    .build();
  const handle = calve.run(spec);
  for await (const event of handle) if (event.kind === 'degraded') degraded.push(`${event.from} > ${event.to}`);
  counts.push((await handle).counts);
}
const files = readdirSync(warehouse, { recursive: true, encoding: 'utf8' })
  // Rejected rows carry the id of their run.
  .filter((path) => path.endsWith('.parquet') && !path.includes('__rejected'))
  .map((path) =>
    createHash('sha256')
      .update(readFileSync(join(warehouse, path)))
      .digest('hex'),
  )
  .sort();
process.stdout.write(JSON.stringify({ hasWebAssembly: typeof WebAssembly === 'object', degraded, counts, files }));
