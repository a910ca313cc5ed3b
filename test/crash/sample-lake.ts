import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCalve, type Json } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { bundledProgram } from './bundled-program.ts';

const ROWS = 120;

/** A folder with a landing zone of two files: 240 records, of which two are broken. */
export async function makeSampleFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'calve-crash-'));
  await mkdir(join(folder, 'landing'));
  await mkdir(join(folder, 'lake'));
  for (const file of [0, 1]) {
    const rows = Array.from({ length: ROWS }, (_, row) => {
      const id = file * ROWS + row;
      return row === 7
        ? `${id},2026-03-0${1 + (row % 3)}T10:00:00,one,two`
        : `${id},2026-03-0${1 + (row % 3)}T10:00:00,note ${id}`;
    });
    await addFile(folder, `orders-${file}.csv`, ['id,ordered_at,note', ...rows]);
  }
  return folder;
}

/** Puts a file into the landing zone, with a time in the past. */
export async function addFile(folder: string, name: string, lines: readonly string[]): Promise<void> {
  const path = join(folder, 'landing', name);
  await writeFile(path, `${lines.join('\n')}\n`);
  const past = new Date('2026-03-04T00:00:00Z');
  await utimes(path, past, past);
}

/** Ids that the table must hold, each once. */
export const EXPECTED_IDS = Array.from({ length: 2 * ROWS }, (_, id) => id).filter((id) => id % ROWS !== 7);

/** How a process ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
  errors: string;
}

/** Runs `ingest-once.ts` in a process of its own. */
export function ingestOnce(folder: string, ...options: string[]): Promise<Ended> {
  const { command, environment } = bundledProgram('ingest-once.ts');
  const [program = '', ...parameters] = [...command, '--folder', folder, ...options];
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, output, errors }));
  });
}

/** What the tables of a folder hold now, read from their committed snapshots. */
export async function readLake(folder: string): Promise<{ ids: number[]; rejected: Json[] }> {
  const lake = join(folder, 'lake');
  await using calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
    state: sqliteState(join(lake, 'calve.db')),
  });
  const spec = calve
    .ingestion('orders')
    .from('local', { path: folder })
    .as('csv')
    .into('lake', { table: 'sales.orders' })
    .build();
  const head = await calve.head(spec, { rows: 100_000 });
  const rejects = await calve.rejects(spec, { rows: 1000 });
  const ids = head.rows.map((row) => Number((row as { id: string }).id)).sort((a, b) => a - b);
  return { ids, rejected: rejects.rows };
}
