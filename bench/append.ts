// What appending 20,000,000 rows of CSV costs, beside PyArrow's CSV reader and PyIceberg's append of the same files.
// `node --conditions=calve-source bench/append.ts` writes docs/benchmark-results/append.md. Run it on a machine that does nothing else.
// `--rows 1000000` tries it out; nothing is written then.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCalve } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '20000000' },
    files: { type: 'string', default: '20' },
    step: { type: 'string' },
    folder: { type: 'string' },
  },
});
const ROWS = Number(values.rows);
const FILES = Number(values.files);
const TABLE = 'sales.orders';
const RESULT = join(import.meta.dirname, '..', 'docs', 'benchmark-results', 'append.md');
const PYTHON = join(process.env['CALVE_CACHE'] ?? join(import.meta.dirname, '..', '.cache'), 'venv', 'bin', 'python');

interface Measured {
  milliseconds: number;
  cpuMilliseconds: number;
  /** Kibibytes. */
  maxRSS: number;
  rows: number;
}

/** Eight columns: numbers, a decimal, texts of which some are quoted, a day, a moment, a boolean, and an empty cell here and there. */
function writeCsv(path: string, first: number, count: number): void {
  const parts: string[] = ['id,customer,note,amount,quantity,ordered,paid_at,gift\n'];
  for (let id = first; id < first + count; id += 1) {
    const day = new Date(Date.UTC(2020, 0, 1) + (id % 2000) * 86_400_000).toISOString().slice(0, 10);
    const note = id % 9 === 0 ? `"call first, then ring ""${id % 17}"""` : id % 4 === 0 ? '' : `shelf ${id % 311}`;
    const cents = (id * 31) % 1_000_000;
    const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
    const minute = String(id % 60).padStart(2, '0');
    parts.push(
      `${id},customer ${(id * 7919) % 100_003},${note},${amount},${1 + (id % 12)},${day},${day}T09:${minute}:00Z,${id % 7 === 0}\n`,
    );
  }
  writeFileSync(path, parts.join(''));
}

/** In a process of its own, so that its memory can be measured. */
async function append(folder: string): Promise<void> {
  const lake = join(folder, 'lake');
  await using calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
    state: sqliteState(join(lake, 'calve.db')),
  });
  const spec = calve
    .ingestion('orders')
    .from('local', { path: join(folder, 'landing') })
    .detect()
    .settle(0)
    .into('lake', { table: TABLE })
    .build();
  const started = performance.now();
  const { counts } = await calve.run(spec);
  const milliseconds = performance.now() - started;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const measured: Measured = {
    milliseconds,
    cpuMilliseconds: (userCPUTime + systemCPUTime) / 1000,
    maxRSS,
    rows: counts['main']?.written ?? 0,
  };
  console.log(JSON.stringify(measured));
}

const PYICEBERG = `
import glob, json, resource, sys, time
import pyarrow as pa
import pyarrow.csv as csv
from pyiceberg.catalog.sql import SqlCatalog
folder, lake = sys.argv[1], sys.argv[2]
types = {"amount": pa.decimal128(18, 2)}
started = time.monotonic()
catalog = SqlCatalog("rival", uri=f"sqlite:///{lake}/catalog.db", warehouse=f"file://{lake}/warehouse")
catalog.create_namespace("sales")
table, rows = None, 0
for name in sorted(glob.glob(f"{folder}/*.csv")):
    data = csv.read_csv(name, convert_options=csv.ConvertOptions(column_types=types))
    data = data.set_column(data.schema.get_field_index("paid_at"), "paid_at", data["paid_at"].cast(pa.timestamp("us", "UTC")))
    table = table or catalog.create_table("${TABLE}", schema=data.schema)
    table.append(data)
    rows += data.num_rows
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"milliseconds": (time.monotonic() - started) * 1000, "cpuMilliseconds": (usage.ru_utime + usage.ru_stime) * 1000, "maxRSS": usage.ru_maxrss, "rows": rows}))
`;

function measured(command: string, words: string[]): Measured {
  const { stdout, stderr, status } = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 64 << 20 });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Measured;
}

function bytesIn(folder: string, ending: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

if (values.step === 'append') await append(values.folder ?? '');
else {
  const folder = mkdtempSync(join(tmpdir(), 'calve-append-'));
  try {
    const landing = join(folder, 'landing');
    mkdirSync(landing);
    const each = Math.ceil(ROWS / FILES);
    for (let file = 0; file < FILES; file += 1)
      writeCsv(join(landing, `orders-${String(file).padStart(3, '0')}.csv`), file * each, Math.min(each, ROWS - file * each));
    const contentMegabytes = bytesIn(landing, '.csv') / 1e6;
    const own = [...process.execArgv, import.meta.filename, '--step', 'append', '--folder', folder];
    const found: [string, string, Measured][] = [['Calve', 'lake', measured(process.execPath, own)]];
    if (existsSync(PYTHON)) {
      const lake = join(folder, 'rival');
      mkdirSync(lake);
      found.push(['PyArrow CSV + PyIceberg append', 'rival', measured(PYTHON, ['-c', PYICEBERG, landing, lake])]);
    }
    const rows = found.map(([writer, lake, { milliseconds, cpuMilliseconds, maxRSS, rows: count }]) => {
      if (count !== ROWS) throw new Error(`${writer} wrote ${count} rows, not ${ROWS}.`);
      const seconds = milliseconds / 1000;
      const written = `${(bytesIn(join(folder, lake), '.parquet') / 1e6).toFixed(0)} MB`;
      return `| ${writer} | ${seconds.toFixed(1)} s | ${(contentMegabytes / seconds).toFixed(0)} MB/s | ${(cpuMilliseconds / 1000).toFixed(1)} s | ${((maxRSS * 1024) / 1e6).toFixed(0)} MB | ${written} |`;
    });
    const text = `# An append of ${ROWS.toLocaleString('en-US')} rows

Measured by \`node --conditions=calve-source bench/append.ts\`. ${new Date().toISOString().slice(0, 10)}; ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node};
load ${loadavg()[0]?.toFixed(1)} when it ended. ${FILES} CSV files of ${contentMegabytes.toFixed(0)} MB together, eight columns; one process each, from the files to the commit.

Calve looks at every value first (the types are inferred), loads all files in one commit, and knows each file, line and rejected row afterwards. PyArrow infers types
from the first block of each file, uses both cores, and PyIceberg makes a commit per file; it is told the type of the amount.

| writer | time | CSV per second | processor | memory | written |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
    process.stdout.write(text);
    if (ROWS === 20_000_000) writeFileSync(RESULT, text);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
