import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applySpecPatch, createCalve, explainFindings, type FindingsReport, type IngestionSpec } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { jsonFormat } from '@calve/format-json';
import { icebergReaderCommands, icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { makeMessyFolder, sendCorrectedFile, sendWholeGzip } from './make-messy-folder.ts';

// `node messy.ts [folder]`: where landing, lake and expected rows go; default: beside this file. It begins anew each time.
const here = resolve(process.argv[2] ?? fileURLToPath(new URL('.', import.meta.url)));
const [landing, lake, expected] = ['landing', 'lake', 'expected'].map((name) => join(here, name)) as [string, string, string];
const say = (text = ''): void => console.log(text);
for (const folder of [landing, lake, expected]) if (existsSync(folder)) await rm(folder, { recursive: true });
const made = await makeMessyFolder(landing, expected);

const tables = { catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') };
await using calve = createCalve({
  sources: { local: localSource() },
  formats: { csv: csvFormat(), json: jsonFormat() },
  sinks: { lake: icebergSink(tables) },
  state: sqliteState(join(lake, 'calve.db')),
});

let orders: IngestionSpec = calve
  .ingestion('orders')
  .from('local', { path: landing, pattern: 'orders-*' })
  .detect()
  .into('lake', { table: 'sales.orders' })
  .build();
let invoices: IngestionSpec = calve
  .ingestion('invoices')
  .from('local', { path: landing, pattern: 'rechnungen-*' })
  .detect()
  .into('lake', { table: 'sales.invoices' })
  .build();

say('=== The first night: what can be loaded without a question is loaded, the rest waits.\n');
await night();

say('\n=== The morning: the report, as it can be forwarded.\n');
const report = await calve.findings(orders);
say(explainFindings(report));

say('\n=== Somebody decides: the encoding of 2024, and that "n/a" is no amount.\n');
orders = mended(orders, report, ['TEXT_MALFORMED', 'amount:decimal']);
say('\nThe invoices, until no question is left:');
for (let answer = await calve.findings(invoices); hasFixes(answer); answer = await calve.findings(invoices))
  invoices = mended(invoices, answer, codesOf(answer));

say('\n=== The shop sends 2023 again, and the upload of 2025 succeeds. The second night.\n');
await sendCorrectedFile(landing);
await sendWholeGzip(landing, made.expectedOrders);
await night();

say('\n=== The second morning.\n');
const second = await calve.findings(orders);
say(explainFindings(second));
orders = mended(orders, second, ['OBJECT_CHANGED_AFTER_LOAD']);
await night();

say('\n=== The rows that were rejected go again, once.\n');
const replayed = await calve.replay(orders);
say(`loaded after all: ${replayed.counts['main']?.written ?? 0}, rejected again: ${replayed.counts['main']?.rejected ?? 0}`);

say('\n=== What is left.\n');
say(explainFindings(await calve.findings(orders)));
for (const table of ['sales.orders', 'sales.invoices']) {
  const readers = await icebergReaderCommands(tables, { table });
  if (readers !== 'absent') say(`\nRead ${table} with\n  PyIceberg  ${readers.pyiceberg}\n  DuckDB     ${readers.duckdb}`);
}

/** A nightly job never stops for single files: what it cannot load waits, and is in the report. */
async function night(): Promise<void> {
  for (const spec of [orders, invoices]) {
    const { outcome, counts, units } = await calve.run(spec, { allow: ['held', 'quarantined'] });
    const { read = 0, written = 0, rejected = 0, replaced = 0 } = counts['main'] ?? {};
    const waiting = units.held + units.quarantined;
    say(
      `${spec.id}: ${outcome}; ${read} read = ${written} written + ${rejected} rejected` +
        `${replaced > 0 ? `, ${replaced} replaced` : ''}${waiting > 0 ? `; ${waiting} ${waiting === 1 ? 'file waits' : 'files wait'}` : ''}`,
    );
  }
}

/** The spec with the first fix that each of these findings offers. */
function mended(spec: IngestionSpec, { findings }: FindingsReport, codes: readonly string[]): IngestionSpec {
  let patched = spec;
  for (const { code, column, fixes } of findings.filter((finding) => codes.includes(finding.code))) {
    const [fix] = fixes;
    if (!fix) continue;
    say(`${code}${column === null ? '' : ` of ${column}`}: ${fix.title}`);
    patched = applySpecPatch(patched, fix.specPatch);
  }
  return calve.parse(patched);
}

function hasFixes({ findings }: FindingsReport): boolean {
  return findings.some(({ fixes }) => fixes.length > 0);
}

function codesOf({ findings }: FindingsReport): string[] {
  return findings.map(({ code }) => code);
}
