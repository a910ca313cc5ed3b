// What writing 1,000,000 rows of columns as Parquet costs: our encoder, hyparquet-writer and DuckDB, each on one thread, from memory.
// `node --conditions=calve-source bench/parquet-write.ts [--codec zstd] [--rounds 5]` prints CPU seconds: the median of the rounds in a warm process.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { ColumnData, Field, Json } from '@calve/core/plugin';
import { BitmapBuilder, createColumnBatch, FixedBuilder, fixedFromBits, OffsetsBuilder } from '@calve/core/plugin';
import { testContext } from '@calve/testkit';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { parquetSchemaOf } from '../packages/sink-iceberg/src/datafile/parquet-schema.ts';
import { createTableWriter } from '../packages/sink-iceberg/src/datafile/table-writer.ts';
import type { TableWriterConfiguration } from '../packages/sink-iceberg/src/datafile/table-writer-configuration.ts';
import { cacheFolder } from '../test/readers/readers-status.ts';
import { commandOptions } from '../tools/command-options.ts';
import { Random } from './data/random.ts';

const help = `Usage: node --conditions=calve-source bench/parquet-write.ts [options]

  --codec <name>     zstd, gzip, snappy or uncompressed; default zstd
  --rounds <number>  default 5
`;
const options = commandOptions(help, {
  codec: { type: 'string', default: 'zstd' },
  rounds: { type: 'string', default: '5' },
  as: { type: 'string' },
  path: { type: 'string', default: '' },
});
const codec = options.codec as TableWriterConfiguration['codec'];
const rounds = Number(options.rounds);
const ROWS = 1_000_000;
const BATCH = 16_384;
const ROW_GROUP = 131_072;

const fields: Field[] = [
  { id: 1, name: 'id', type: { kind: 'int64' }, required: false },
  { id: 2, name: 'customer', type: { kind: 'string' }, required: false },
  { id: 3, name: 'note', type: { kind: 'string' }, required: false },
  { id: 4, name: 'amount', type: { kind: 'decimal', precision: 12, scale: 2 }, required: false },
  { id: 5, name: 'quantity', type: { kind: 'int32' }, required: false },
  { id: 6, name: 'ordered', type: { kind: 'date' }, required: false },
  { id: 7, name: 'paid_at', type: { kind: 'timestamp', unit: 'micros', zone: 'utc' }, required: false },
  { id: 8, name: 'gift', type: { kind: 'boolean' }, required: false },
];

type Value = string | number | bigint | boolean | null;

/** Rising ids, a text that hardly repeats and one that does, a decimal, numbers with nulls, days, moments, and a boolean. */
function* orders(): Generator<Value[]> {
  const random = new Random(0x9e37_79b9);
  const words = ['call', 'first', 'ring', 'shelf', 'left', 'door', 'Zürich', 'parcel', 'blue', 'urgent', 'return', 'gift'];
  const word = (): string => words[random.below(words.length)]!;
  let id = 100_000_000_000_000_000n;
  for (let row = 0; row < ROWS; row++) {
    id += BigInt(1 + random.below(4000));
    yield [
      id,
      `customer${random.below(3_000_000)}@example.org`,
      random.chance(30) ? null : random.chance(66) ? word() : `${word()} ${word()} ${random.below(300)}`,
      BigInt(random.below(2_000_000) - 500_000),
      random.chance(10) ? null : random.below(1000),
      18_000 + random.below(2000),
      1_600_000_000_000_000n + BigInt(random.below(86_400_000)) * 1_000_000n,
      random.chance(33),
    ];
  }
}

/** Builds columns of some rows; `append` takes one row. */
function batchBuilder(): { append(values: readonly Value[]): void; finish(): ColumnData[] } {
  const fixed = [8, 8, 4, 4, 8].map((width) => new FixedBuilder(width));
  const [ids, amounts, quantities, days, moments] = fixed as [
    FixedBuilder,
    FixedBuilder,
    FixedBuilder,
    FixedBuilder,
    FixedBuilder,
  ];
  const texts = [new OffsetsBuilder(), new OffsetsBuilder()] as const;
  const gifts = new BitmapBuilder();
  return {
    append([id, customer, note, amount, quantity, day, moment, gift]) {
      ids.appendInt64(id as bigint);
      texts[0].appendText(customer as string);
      if (note === null) texts[1].appendNull();
      else texts[1].appendText(note as string);
      amounts.appendInt64(amount as bigint);
      if (quantity === null) quantities.appendNull();
      else quantities.appendInt32(quantity as number);
      days.appendInt32(day as number);
      moments.appendInt64(moment as bigint);
      gifts.append(gift === true);
    },
    finish: () => [
      ids.finish(),
      ...texts.map((builder) => builder.finish()),
      ...[amounts, quantities, days, moments].map((builder) => builder.finish()),
      fixedFromBits(gifts),
    ],
  };
}

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
    fields,
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
async function writeHyparquet(path: string, columns: readonly Value[][]): Promise<void> {
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
    let builder = batchBuilder();
    let rows = 0;
    for (const values of orders()) {
      builder.append(values);
      rows += 1;
      if (rows < BATCH) continue;
      batches.push({ rows, columns: builder.finish() });
      builder = batchBuilder();
      rows = 0;
    }
    if (rows > 0) batches.push({ rows, columns: builder.finish() });
    write = () => writeOurs(options.path, batches);
  } else {
    const columns: Value[][] = fields.map(() => []);
    for (const values of orders()) for (const [at, value] of values.entries()) columns[at]!.push(value);
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
      '--codec',
      codec,
      '--rounds',
      options.rounds,
    ]);
  try {
    const paths = ['ours', 'hyparquet', 'duckdb'].map((name) => join(folder, `${name}.parquet`));
    const ours = node('ours', paths[0]!);
    const hyparquet = node('hyparquet', paths[1]!);
    const python = join(cacheFolder(), 'venv', 'bin', 'python');
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
    process.stdout.write(`${ROWS} rows, ${fields.length} columns, ${codec}\n\n${[...head, ...rows].join('\n')}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (options.as === undefined) compare();
else await measure(options.as);
