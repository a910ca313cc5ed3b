import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCalve, explainPlan, type RunResult } from '@calve/core';
import { printProgress, sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergReaderCommands, icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { makeOrders } from './make-orders.ts';

// `node quickstart.ts [folder]`: where landing, lake and expected rows go; default: beside this file.
const here = resolve(process.argv[2] ?? fileURLToPath(new URL('.', import.meta.url)));
const landing = join(here, 'landing');
const lake = join(here, 'lake');
const say = (text = ''): void => console.log(text);

if (!existsSync(landing)) {
  say(`Making four days of orders in ${landing}`);
  await makeOrders(landing, join(here, 'expected'));
}

const tables = { catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') };
await using calve = createCalve({
  sources: { local: localSource() },
  formats: { csv: csvFormat() },
  sinks: { lake: icebergSink(tables) },
  state: sqliteState(join(lake, 'calve.db')),
});

const orders = calve
  .ingestion('orders')
  .from('local', { path: landing, pattern: 'orders-*.csv*' })
  .detect()
  .into('lake', { table: 'sales.orders', partitionBy: [{ transform: 'day', column: 'ordered_at' }] })
  .build();

say(`State: ${join(lake, 'calve.db')}\n`);
const plan = await calve.plan(orders);
say(explainPlan(plan));

const run = calve.apply(plan);
await printProgress(run, process.stdout, { findings: 'none' });
report(await run);
await showTables();

function report({ outcome, counts, snapshots }: RunResult): void {
  const main = counts['main'];
  if (outcome === 'nothing-new' || !main) {
    say('nothing new: every file is in the table already.');
    return;
  }
  const number = (value: number): string => value.toLocaleString('en-US');
  say(
    `committed snapshot ${snapshots['main']}: ${number(main.read)} read = ${number(main.written)} written + ${number(main.rejected)} rejected`,
  );
}

/** Everything below is read from the committed snapshots, as any other reader sees them. */
async function showTables(): Promise<void> {
  const rejects = await calve.rejects(orders, { rows: 10 });
  say(`\nRejected rows, from ${rejects.table}`);
  for (const row of rejects.rows) {
    const file = decodeURIComponent(String(row['_source_file']).split('/').at(-1) ?? '');
    const raw = Buffer.from(String(row['raw']), 'base64').toString('utf8');
    say(`  ${file} line ${row['line']}: ${(row['errors'] as string[]).join(', ')}`);
    say(`    ${JSON.stringify(raw).slice(0, 110)}`);
  }
  const head = await calve.head(orders, { rows: 5 });
  say(`\nFirst rows, from ${head.table}`);
  console.table(head.rows, ['order_id', 'ordered_at', 'customer', 'quantity', 'amount', 'gift', 'ship_on']);
  const readers = await icebergReaderCommands(tables, { table: 'sales.orders' });
  if (readers === 'absent') return;
  say('\nRead it with');
  say(`  PyIceberg  ${readers.pyiceberg}`);
  say(`  DuckDB     ${readers.duckdb}`);
  say(`  Spark      ${readers.spark}`);
}
