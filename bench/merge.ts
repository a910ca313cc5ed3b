// What merging 100,000 changed rows into a table of 5,000,000 costs, beside PyIceberg's upsert of the same rows into a copy of the same table.
// `node --conditions=calve-source bench/merge.ts` writes docs/benchmark-results/merge.md. Run it on a machine that does nothing else.
// `--rows 500000 --changed 10000` tries it out; nothing is written then.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCalve, memoryState } from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '5000000' },
    changed: { type: 'string', default: '100000' },
    files: { type: 'string', default: '20' },
    patience: { type: 'string', default: '900' },
    step: { type: 'string' },
    folder: { type: 'string' },
    spread: { type: 'string' },
  },
});
const ROWS = Number(values.rows);
const CHANGED = Number(values.changed);
const FILES = Number(values.files);
const TABLE = 'sales.orders';
const RESULT = join(import.meta.dirname, '..', 'docs', 'benchmark-results', 'merge.md');

/** Where the changed keys lie: all over the table, or in its newest part. Every tenth of them is new. */
const SPREADS = ['everywhere', 'newest'] as const;
type Spread = (typeof SPREADS)[number];

function changedId(index: number, spread: Spread): number {
  if (index % 10 === 9) return ROWS + index;
  return spread === 'newest' ? ROWS - CHANGED + index : Math.floor((index * ROWS) / CHANGED);
}

function line(id: number, version: number): string {
  const day = new Date(Date.UTC(2026, 0, 1) + (id % 300) * 86_400_000).toISOString().slice(0, 10);
  return `${id},customer ${(id * 7919) % 100_003},${((id * 31 + version) % 100_000) / 100},${day},${version}\n`;
}

function writeCsv(path: string, count: number, id: (index: number) => number, version: number): void {
  const parts: string[] = ['id,customer,amount,ordered,version\n'];
  for (let index = 0; index < count; index += 1) parts.push(line(id(index), version));
  writeFileSync(path, parts.join(''));
}

function open(folder: string) {
  const lake = join(folder, 'lake');
  const calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
    state: memoryState(),
    environment: nodeEnvironment(),
  });
  const spec = (id: string, landing: string, merges: boolean) =>
    calve
      .ingestion(id)
      .from('local', { path: join(folder, landing) })
      .as('csv', { header: true })
      .columns({ amount: { type: { kind: 'decimal', precision: 12, scale: 2 } } })
      .limits({ maxUnitsPerBatch: 1 })
      .settle(0)
      .into(
        'lake',
        { table: TABLE },
        merges ? { mode: 'merge', keys: ['id'], newest: ['version'], provenance: [] } : { mode: 'append', provenance: [] },
      )
      .build();
  return { calve, spec };
}

/** Steps that run in a process of their own, so that its memory can be measured. */
async function runStep(step: string, folder: string): Promise<void> {
  const { calve, spec } = open(folder);
  const started = performance.now();
  const result = await calve.run(
    step === 'fill' ? spec('fill', 'landing', false) : spec('merge', `changed-${values.spread}`, true),
  );
  const milliseconds = performance.now() - started;
  const counts = result.counts['main'];
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ milliseconds, cpuMilliseconds: (userCPUTime + systemCPUTime) / 1000, maxRSS, counts }));
  await calve.close();
}

interface Measured {
  milliseconds: number;
  cpuMilliseconds: number;
  /** Kibibytes. */
  maxRSS: number;
  counts: { written: number; replaced: number };
}

function child(step: string, folder: string, more: string[] = []): Measured {
  const passed = [
    '--rows',
    String(ROWS),
    '--changed',
    String(CHANGED),
    '--files',
    String(FILES),
    '--step',
    step,
    '--folder',
    folder,
    ...more,
  ];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...process.execArgv, import.meta.filename, ...passed], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Measured;
}

const UPSERT = `
import json, resource, sys, time
import pyarrow.csv as csv
import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
folder, lake = sys.argv[1], sys.argv[2]
table = SqlCatalog("calve", uri=f"sqlite:///{lake}/catalog.db", warehouse=f"file://{lake}/warehouse").load_table("${TABLE}")
started = time.monotonic()
rows = csv.read_csv(folder)
target = table.schema().as_arrow()
rows = pa.table({field.name: rows[field.name].cast(pa.string()).cast(field.type) if pa.types.is_decimal(field.type) else rows[field.name].cast(field.type) for field in target})
result = table.upsert(rows, join_cols=["id"])
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"milliseconds": (time.monotonic() - started) * 1000, "cpuMilliseconds": (usage.ru_utime + usage.ru_stime) * 1000, "maxRSS": usage.ru_maxrss, "counts": {"written": result.rows_inserted + result.rows_updated, "replaced": result.rows_updated}}))
`;

function rival(python: string, csv: string, lake: string): Measured | string {
  const patience = Number(values.patience);
  const { stdout, stderr, status, error } = spawnSync(python, ['-c', UPSERT, csv, lake], {
    encoding: 'utf8',
    timeout: patience * 1000,
  });
  if (error) return `not done after ${patience} s`;
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Measured;
}

function dataFiles(lake: string): string[] {
  return readdirSync(join(lake, 'warehouse'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'));
}

function size(lake: string): number {
  return dataFiles(lake).reduce((sum, name) => sum + statSync(join(lake, 'warehouse', name)).size, 0);
}

const figures = ({ milliseconds, cpuMilliseconds, maxRSS }: Measured): string =>
  `${(milliseconds / 1000).toFixed(1)} s | ${(cpuMilliseconds / 1000).toFixed(1)} s | ${Math.round(maxRSS / 1024)} MB`;

function main(): void {
  const cache = process.env['CALVE_CACHE'] ?? join(import.meta.dirname, '..', '.cache');
  const readers = join(cache, 'readers.json');
  const python = existsSync(readers)
    ? (JSON.parse(readFileSync(readers, 'utf8')) as { python: { path: string | null } }).python.path
    : null;
  // Paths are absolute in Iceberg: a copy of a lake has to lie where the original lay.
  const folder = mkdtempSync(join(tmpdir(), 'calve-merge-'));
  try {
    mkdirSync(join(folder, 'landing'));
    const perFile = Math.ceil(ROWS / FILES);
    for (let file = 0; file < FILES; file += 1)
      writeCsv(join(folder, 'landing', `${String(file).padStart(3, '0')}.csv`), perFile, (index) => file * perFile + index, 1);
    const fill = child('fill', folder);
    const filled = size(join(folder, 'lake'));
    const rows: string[] = [];
    for (const spread of SPREADS) {
      mkdirSync(join(folder, `changed-${spread}`));
      const csv = join(folder, `changed-${spread}`, 'changed.csv');
      writeCsv(csv, CHANGED, (index) => changedId(index, spread), 2);
      cpSync(join(folder, 'lake'), join(folder, 'before'), { recursive: true });
      const before = dataFiles(join(folder, 'lake')).length;
      const ours = child('merge', folder, ['--spread', spread]);
      const written = dataFiles(join(folder, 'lake')).length - before;
      const bytes = size(join(folder, 'lake')) - filled;
      rows.push(`| Calve | ${spread} | ${figures(ours)} | ${written} files, ${Math.round(bytes / 1024 / 1024)} MB |`);
      console.log(rows.at(-1), ours.counts);
      rmSync(join(folder, 'lake'), { recursive: true });
      cpSync(join(folder, 'before'), join(folder, 'lake'), { recursive: true });
      if (python) {
        const theirs = rival(python, csv, join(folder, 'lake'));
        const files = dataFiles(join(folder, 'lake')).length - before;
        const told =
          typeof theirs === 'string'
            ? `${theirs} | | | `
            : `${figures(theirs)} | ${files} files, ${Math.round((size(join(folder, 'lake')) - filled) / 1024 / 1024)} MB `;
        rows.push(`| PyIceberg upsert | ${spread} | ${told}|`);
        console.log(rows.at(-1), typeof theirs === 'string' ? '' : theirs.counts);
      }
      rmSync(join(folder, 'lake'), { recursive: true });
      cpSync(join(folder, 'before'), join(folder, 'lake'), { recursive: true });
      rmSync(join(folder, 'before'), { recursive: true });
    }
    const text = page(fill, filled, rows);
    console.log(text);
    if (ROWS === 5_000_000 && CHANGED === 100_000) writeFileSync(RESULT, text);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function page(fill: Measured, bytes: number, rows: string[]): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.replace(/ Processor$/, '') ?? 'unknown'}), Node ${process.versions.node}`;
  return `# A merge of ${CHANGED.toLocaleString('en-US')} rows into ${ROWS.toLocaleString('en-US')}

Measured by \`node --conditions=calve-source bench/merge.ts\`. ${new Date().toISOString().slice(0, 10)}; ${machine};
load ${loadavg()[0]?.toFixed(1)} when it ended. Every tenth of the changed rows is new; five columns, one of them decimal, no partitions.
The table has ${FILES} files of ${Math.round(bytes / 1024 / 1024)} MB together, appended from CSV in ${(fill.milliseconds / 1000).toFixed(0)} s. Each merge begins with the same table; times are
those from the CSV file to the commit, of a process of its own.

| writer | changed keys | time | processor | memory | written |
| ------ | ------------ | ---: | --------: | -----: | ------- |
${rows.join('\n')}

A file is rewritten when it holds a row that changes, and only then; of the others the key column is read where bounds cannot exclude it.
`;
}

if (values.step !== undefined && values.folder !== undefined) await runStep(values.step, values.folder);
else main();
