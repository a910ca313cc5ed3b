// What writing rows of columns as Parquet costs: our encoder, hyparquet-writer and DuckDB, each on one thread, from memory.
// `./dev node bench/parquet-write.ts [--shape flat] [--codec zstd] [--rounds 5]` prints CPU seconds: the median of the rounds in a warm process.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { ColumnData, Json } from '@calve/core/plugin';
import { createColumnBatch } from '@calve/core/plugin';
import { testContext } from '@calve/testkit';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { parquetSchemaOf } from '../packages/sink-iceberg/src/datafile/parquet-schema.ts';
import { createTableWriter } from '../packages/sink-iceberg/src/datafile/table-writer.ts';
import type { TableWriterConfiguration } from '../packages/sink-iceberg/src/datafile/table-writer-configuration.ts';
import type { TestValue } from '../packages/sink-iceberg/src/datafile/testing/column-of-values.ts';
import { columnOfValues } from '../packages/sink-iceberg/src/datafile/testing/column-of-values.ts';
import { cacheFolder } from '../test/readers/readers-status.ts';
import { commandOptions } from '../tools/command-options.ts';
import { preparePython } from './contestants/python.ts';
import { WRITTEN_ROWS } from './data/written-rows.ts';

const help = `Usage: ./dev node bench/parquet-write.ts [options]

  --shape <name>     flat: 1,000,000 rows of 8 columns; nested: 250,000 of structs and lists; default flat
  --codec <name>     zstd, gzip, snappy or uncompressed; default zstd
  --rounds <number>  default 5
`;
const options = commandOptions(help, {
  shape: { type: 'string', default: 'flat' },
  codec: { type: 'string', default: 'zstd' },
  rounds: { type: 'string', default: '5' },
  as: { type: 'string' },
  path: { type: 'string', default: '' },
});
const codec = options.codec as TableWriterConfiguration['codec'];
const rounds = Number(options.rounds);
const rowCount = options.shape === 'flat' ? 1_000_000 : 250_000;
/** CPU seconds of DuckDB as a multiple of ours. */
const GOAL = 1.3;
const BATCH = 16_384;
const ROW_GROUP = 131_072;

const shape = WRITTEN_ROWS[options.shape];
if (shape === undefined) {
  process.stderr.write(`--shape is one of ${Object.keys(WRITTEN_ROWS).join(', ')}.\n`);
  process.exit(2);
}
const { fields } = shape;
const columnsOf = (rows: readonly TestValue[][]): TestValue[][] => fields.map((_, at) => rows.map((row) => row[at]!));

/** Our encoder, from batches as decoders give them. */
async function writeOurs(path: string, batches: readonly { rows: number; columns: ColumnData[] }[]): Promise<void> {
  const descriptor = openSync(path, 'w');
  const output = {
    write: async (chunk: Uint8Array) => {
      writeSync(descriptor, chunk);
    },
    finish: async () => closeSync(descriptor),
    abort: async () => closeSync(descriptor),
  };
  const configuration: TableWriterConfiguration = {
    dataLocation: 'file:///orders',
    filePrefix: 'orders',
    fields: [...fields],
    partition: [],
    specId: 0,
    codec,
    targetFileBytes: 512 * 1024 * 1024,
    rowGroupBytes: 128 * 1024 * 1024,
    maxOpenFiles: 1,
  };
  const writer = await createTableWriter(configuration as unknown as Json, testContext(), { openOutput: async () => output });
  for (const { rows, columns } of batches) await writer.write(createColumnBatch({ fields, columns, rows }));
  await writer.finish();
}

/** hyparquet-writer, from arrays of JavaScript values. */
async function writeHyparquet(path: string, columns: readonly TestValue[][]): Promise<void> {
  const compressors = {
    ZSTD: (input: Uint8Array) => zstdCompressSync(input, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
    GZIP: (input: Uint8Array) => gzipSync(input),
  };
  const name = codec.toUpperCase() as 'ZSTD' | 'GZIP' | 'SNAPPY' | 'UNCOMPRESSED';
  const parquet = new ParquetWriter({ writer: fileWriter(path), schema: parquetSchemaOf(fields), codec: name, compressors });
  const columnData = columns.map((data, at) => ({
    name: fields[at]!.name,
    data,
    ...(fields[at]!.type.kind === 'boolean' ? { encoding: 'PLAIN' as const } : {}),
  }));
  await parquet.write({ columnData, rowGroupSize: ROW_GROUP });
  await parquet.finish();
}

/** Measures one of the two in this process. */
async function measure(name: string): Promise<void> {
  let write: () => Promise<void>;
  if (name === 'ours') {
    const batches: { rows: number; columns: ColumnData[] }[] = [];
    let rows: TestValue[][] = [];
    for (const row of shape!.rows(rowCount)) {
      rows.push(row);
      if (rows.length < BATCH && batches.length * BATCH + rows.length < rowCount) continue;
      const columns = columnsOf(rows).map((values, at) => columnOfValues(fields[at]!.type, values));
      batches.push({ rows: rows.length, columns });
      rows = [];
    }
    write = () => writeOurs(options.path, batches);
  } else {
    const columns = columnsOf([...shape!.rows(rowCount)]);
    write = () => writeHyparquet(options.path, columns);
  }
  const cpuSeconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    await write();
    const { user, system } = process.cpuUsage(before);
    cpuSeconds.push((user + system) / 1e6);
  }
  process.stdout.write(JSON.stringify({ cpuSeconds, bytes: statSync(options.path).size }));
}

interface Measured {
  cpuSeconds: number[];
  bytes: number;
  different?: string[];
  version?: string;
}

function answerOf(command: string, words: readonly string[]): Measured {
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout) as Measured;
  process.stderr.write(`${command} ${words.join(' ')} failed:\n${stderr}`);
  process.exit(1);
}

function compare(): void {
  const folder = mkdtempSync(join(tmpdir(), 'calve-parquet-write-'));
  const node = (name: string, path: string): Measured =>
    answerOf(process.execPath, [
      '--conditions=calve-source',
      import.meta.filename,
      '--as',
      name,
      '--path',
      path,
      '--shape',
      options.shape,
      '--codec',
      codec,
      '--rounds',
      options.rounds,
    ]);
  try {
    const paths = ['ours', 'hyparquet', 'duckdb'].map((name) => join(folder, `${name}.parquet`));
    const ours = node('ours', paths[0]!);
    const hyparquet = node('hyparquet', paths[1]!);
    const python = preparePython(join(cacheFolder(), 'bench'));
    const script = join(import.meta.dirname, 'parquet_write.py');
    const duckdb = answerOf(python, [script, paths[1]!, paths[2]!, codec, options.rounds, paths[0]!]);
    if ((duckdb.different ?? []).length > 0) {
      process.stderr.write('The files hold different values; nothing was compared.\n');
      process.exit(1);
    }
    const seconds = ({ cpuSeconds }: Measured): number => cpuSeconds.toSorted((a, b) => a - b)[cpuSeconds.length >> 1]!;
    const row = (name: string, one: Measured): string =>
      `| ${name} | ${seconds(one).toFixed(3)} | ${(seconds(one) / seconds(ours)).toFixed(2)} | ${(one.bytes / 1e6).toFixed(1)} |`;
    const head = ['| writer | CPU s | of ours | MB |', '| --- | --- | --- | --- |'];
    const rows = [row('Calve', ours), row(`DuckDB ${duckdb.version}`, duckdb), row('hyparquet-writer', hyparquet)];
    process.stdout.write(`${rowCount} rows, ${fields.length} columns, ${codec}\n\n${[...head, ...rows].join('\n')}\n`);
    const ratio = seconds(duckdb) / seconds(ours);
    process.stdout.write(`\n${ratio.toFixed(2)} x DuckDB (goal ${GOAL}, ${ratio >= GOAL ? 'reached' : 'missed'})\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (options.as === undefined) compare();
else await measure(options.as);
