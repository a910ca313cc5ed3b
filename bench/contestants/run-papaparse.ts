// What a program on Node does without Calve: papaparse, and hyparquet-writer for Parquet. There is no table, only a data file.
import { createReadStream, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, createGunzip, zstdCompressSync } from 'node:zlib';
import type { Field } from '@calve/core';
import { type ColumnSource, fileWriter, ParquetWriter } from 'hyparquet-writer';
import Papa from 'papaparse';
import type { Job } from './job.ts';

type SchemaElement = ParquetWriter['schema'][number];

const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Job;
const rowsPerGroup = 122_880;

/** The Parquet element of a column, and what makes one of its values of a text. */
function columnWriting({ name, type }: Field): { element: SchemaElement; valueOf: (text: string) => unknown } {
  const element = { name, repetition_type: 'OPTIONAL' as const };
  switch (type.kind) {
    case 'int32':
      return { element: { ...element, type: 'INT32' }, valueOf: Number };
    case 'int64':
      return { element: { ...element, type: 'INT64' }, valueOf: BigInt };
    case 'float64':
      return { element: { ...element, type: 'DOUBLE' }, valueOf: Number };
    case 'boolean':
      return { element: { ...element, type: 'BOOLEAN' }, valueOf: (text) => text === 'true' };
    case 'date':
      return {
        element: { ...element, type: 'INT32', converted_type: 'DATE' },
        valueOf: (text) => Date.parse(`${text}T00:00:00Z`) / 86_400_000,
      };
    case 'timestamp':
      return {
        element: { ...element, type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } },
        valueOf: (text) => BigInt(Date.parse(text)) * 1000n,
      };
    case 'decimal': {
      const decimal = { converted_type: 'DECIMAL', precision: type.precision, scale: type.scale } as const;
      // Every decimal of these files is written with all of its digits after the point.
      return { element: { ...element, type: 'INT64', ...decimal }, valueOf: (text) => BigInt(text.replace('.', '')) };
    }
    default:
      return { element: { ...element, type: 'BYTE_ARRAY', converted_type: 'UTF8' }, valueOf: (text) => text };
  }
}

const writings = job.columns.map(columnWriting);
const folder = join(job.lake, 'warehouse');
mkdirSync(folder, { recursive: true });
const writer = new ParquetWriter({
  writer: fileWriter(join(folder, 'data.parquet')),
  schema: [{ name: 'root', num_children: writings.length }, ...writings.map(({ element }) => element)],
  codec: 'ZSTD',
  compressors: { ZSTD: (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }) },
});

let pending: unknown[][] = writings.map(() => []);

function take(rows: readonly string[][]): void {
  for (const row of rows) {
    for (let column = 0; column < writings.length; column += 1) {
      const text = row[column]!;
      pending[column]!.push(text === '' ? null : writings[column]!.valueOf(text));
    }
    if (pending[0]!.length === rowsPerGroup) flush();
  }
}

function flush(): void {
  const columnData = pending.map((data, column): ColumnSource => ({ name: job.columns[column]!.name, data }));
  if (pending[0]!.length > 0) void writer.write({ columnData, rowGroupSize: rowsPerGroup });
  pending = writings.map(() => []);
}

/** As text, so that papaparse does not cut letters of several bytes in two between chunks: https://github.com/mholt/PapaParse/issues/908 */
function readFile(path: string): Promise<void> {
  const stored = createReadStream(path, { highWaterMark: 1 << 20 });
  const content = path.endsWith('.gz') ? stored.pipe(createGunzip({ chunkSize: 1 << 18 })) : stored;
  content.setEncoding('utf8');
  let isHeader = true;
  return new Promise((resolve, reject) => {
    Papa.parse<string[]>(content, {
      skipEmptyLines: true,
      chunk({ data }) {
        take(isHeader ? data.slice(1) : data);
        isHeader = false;
      },
      complete: () => resolve(),
      error: reject,
    });
  });
}

for (const name of readdirSync(job.landing).sort()) await readFile(join(job.landing, name));
flush();
await writer.finish();
process.stdout.write(`${JSON.stringify({ commits: [] })}\n`);
