import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import checksums from './checksums.json' with { type: 'json' };
import type { RowText } from './row-text.ts';

/** What a folder of files shall hold. The same name always means the same rows. */
export interface DatasetPlan {
  /** Of the content, without its size: `base`. */
  readonly name: string;
  readonly text: RowText;
  readonly rows: number;
  /** Rows go into so many files, one after the other. */
  readonly files: number;
  readonly gzip?: boolean;
}

/** Files that are there and are what they should be. */
export interface Dataset {
  readonly folder: string;
  /** Names in the folder, in the order of the rows. */
  readonly names: readonly string[];
  readonly rows: number;
  /** Of the texts before compression. */
  readonly contentBytes: number;
  /** Of the texts before compression, all files one after the other. */
  readonly sha256: string;
}

const chunkCharacters = 1 << 20;

/** The name under which sizes are kept apart: `base-3060000x1`. */
export function datasetKey({ name, rows, files, gzip }: DatasetPlan): string {
  return `${name}-${rows}x${files}${gzip ? '-gz' : ''}`;
}

/**
 * The files of a plan in `cache`, made when they are not there. Their checksum is compared with `checksums.json`, and that of files which were made
 * before is taken again.
 *
 * @throws {Error} The files are others than those that earlier results were measured with.
 */
export function prepareDataset(plan: DatasetPlan, cache: string): Dataset {
  const key = datasetKey(plan);
  const folder = join(cache, 'data', key);
  const dataset = existsSync(join(folder, 'dataset.json')) ? readDataset(folder) : makeDataset(plan, folder);
  const known = (checksums as Record<string, string>)[key];
  if (known !== undefined && known !== dataset.sha256)
    throw new Error(
      `${folder} has the checksum ${dataset.sha256}, and bench/data/checksums.json says ${known}: remove the folder.`,
    );
  return dataset;
}

function readDataset(folder: string): Dataset {
  const kept = JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8')) as Omit<Dataset, 'folder'>;
  const hash = createHash('sha256');
  for (const name of kept.names) hashFile(join(folder, 'files', name), hash);
  const sha256 = hash.digest('hex');
  if (sha256 !== kept.sha256) throw new Error(`The files in ${folder} were changed: remove the folder.`);
  return { ...kept, folder: join(folder, 'files') };
}

function hashFile(path: string, hash: Hash): void {
  if (path.endsWith('.gz')) {
    hash.update(gunzipSync(readFileSync(path)));
    return;
  }
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(chunkCharacters);
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) hash.update(chunk.subarray(0, length));
  } finally {
    closeSync(file);
  }
}

/** The SHA-256 of all texts of a plan, one file after the other, without writing any of them. */
export function contentChecksum(plan: DatasetPlan): string {
  const hash = createHash('sha256');
  for (const { chunks } of contents(plan)) for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

function makeDataset(plan: DatasetPlan, folder: string): Dataset {
  process.stderr.write(`Making ${datasetKey(plan)} ...\n`);
  const part = `${folder}.part-${process.pid}`;
  const files = join(part, 'files');
  mkdirSync(files, { recursive: true });
  const hash = createHash('sha256');
  const names: string[] = [];
  let contentBytes = 0;
  for (const { name, chunks } of contents(plan)) {
    const write = plan.gzip ? writeGzip : writePlain;
    contentBytes += write(join(files, name), chunks, hash);
    names.push(name);
  }
  const dataset = { names, rows: plan.rows, contentBytes, sha256: hash.digest('hex') };
  writeFileSync(join(part, 'dataset.json'), `${JSON.stringify(dataset)}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
  return { ...dataset, folder: join(folder, 'files') };
}

/** Names and texts of the files, to be read in their order. */
function* contents({ name, text, rows, files, gzip }: DatasetPlan): Generator<{ name: string; chunks: Iterable<Buffer> }> {
  const nextRow = text.rows();
  const digits = String(files).length;
  for (let file = 0; file < files; file += 1) {
    const count = Math.floor(((file + 1) * rows) / files) - Math.floor((file * rows) / files);
    const ending = `${text.format}${gzip ? '.gz' : ''}`;
    yield { name: `${name}-${String(file).padStart(digits, '0')}.${ending}`, chunks: textChunks(text, nextRow, count) };
  }
}

/** The text of one file in pieces of about 1 MB, so that the size of a file costs no memory. */
function* textChunks({ format, columns }: RowText, nextRow: () => string, rows: number): Generator<Buffer> {
  let text = format === 'csv' ? `${columns.map(({ name }) => name).join(',')}\n` : '';
  for (let row = 0; row < rows; row += 1) {
    text += nextRow();
    if (text.length < chunkCharacters) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

function writePlain(path: string, chunks: Iterable<Buffer>, hash: Hash): number {
  const file = openSync(path, 'w');
  try {
    let bytes = 0;
    for (const chunk of chunks) {
      hash.update(chunk);
      for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
      bytes += chunk.length;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

function writeGzip(path: string, chunks: Iterable<Buffer>, hash: Hash): number {
  const content = Buffer.concat([...chunks]);
  hash.update(content);
  writeFileSync(path, gzipSync(content));
  return content.length;
}
