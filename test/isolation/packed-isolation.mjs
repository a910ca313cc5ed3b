// Runs inside a consumer's project, beside a copy of hostile-format.ts: good and hostile files through decode processes of the built packages.
// Argument: a folder to work in. Prints one JSON object: `same` is true when the good file gave the same rows in and out of isolation.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCalve } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { hostileFile, hostileFormat } from './hostile-format.ts';

const folder = process.argv[2];
const landing = join(folder, 'landing');
mkdirSync(landing, { recursive: true });
const rows = Array.from({ length: 20_000 }, (_, row) => `${row},"name ""${row}""",${row / 4}`);
writeFileSync(join(landing, 'good.csv'), `id,name,amount\n${rows.join('\n')}\n`);
for (const act of ['loop', 'buffers', 'exit', 'throw']) writeFileSync(join(landing, `${act}.csv`), hostileFile('observe', act));

async function load(isolation, pattern) {
  const lake = join(folder, isolation);
  await using calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: hostileFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
    state: sqliteState(join(lake, 'calve.db')),
    limits: { stallMilliseconds: 1000, decodeMemoryBytes: 256 << 20 },
    isolation,
  });
  const codes = {};
  calve.on('event', (event) => {
    if (event.kind !== 'unit-finished' || event.record.state !== 'quarantined') return;
    codes[/(\w+)\.csv/.exec(event.record.unit.uri)[1]] = event.record.finding.code;
  });
  const spec = calve
    .ingestion('orders')
    .from('local', { path: landing, pattern })
    .as('csv')
    .settle(0)
    .into('lake', { table: 'sales.orders' })
    .build();
  const { outcome, units } = await calve.run(spec, { allow: ['quarantined'] });
  const head = await calve.head(spec, { rows: 20_000 });
  const read = head.rows.map((row) => Object.entries(row).filter(([name]) => !name.startsWith('_')));
  return { outcome, units, codes, rows: read.length, text: JSON.stringify(read) };
}

const { text: inside } = await load('inline', 'good.csv');
const { text: outside, ...result } = await load('process', '*.csv');
console.log(JSON.stringify({ ...result, same: inside === outside }));
