import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastWords } from '../../tools/python-environment.ts';
import { run } from '../../tools/run-command.ts';
import type { Job } from '../contestants/job.ts';

const program = join(import.meta.dirname, 'values.py');

/** All values of a table as sums of hashes, which do not depend on the order of rows; `values.py` makes them. */
export interface TableValues {
  readonly rows: number;
  /** By column: values that are not null, and the sum of the hashes of all. */
  readonly columns: Readonly<Record<string, string>>;
  /** The sum of the hashes of whole rows: it differs when values stand in other rows. */
  readonly together: string;
  /** Of the data files; 0 where there are none. */
  readonly bytes: number;
}

/** What a contestant wrote. @throws {Error} Its table cannot be read. */
export function writtenValues(python: string, job: Job, writes: 'table' | 'parquet'): TableValues {
  const what = writes === 'table' ? { kind: 'iceberg' } : { kind: 'parquet', folder: job.lake };
  return readValues(python, { ...job, ...what }, job.lake);
}

/**
 * What a table should hold: the files themselves, read by DuckDB with the types that are given. Kept in `cache` under the checksums of the files.
 */
export function expectedValues(python: string, job: Job, checksums: readonly string[], cache: string): TableValues {
  const version = run(python, ['-c', 'import duckdb; print(duckdb.__version__)']).stdout.trim();
  const key = createHash('sha256').update(
    JSON.stringify([checksums, job.columns, job.task, version, readFileSync(program, 'utf8')]),
  );
  const folder = join(cache, 'values');
  const path = join(folder, `${key.digest('hex').slice(0, 16)}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as TableValues;
  mkdirSync(folder, { recursive: true });
  const values = readValues(python, { ...job, kind: 'source', changes: job.changes ?? null }, job.lake);
  writeFileSync(path, `${JSON.stringify(values)}\n`);
  return values;
}

/** What differs, in words; null when nothing does. */
export function valuesDifference(expected: TableValues, written: TableValues): string | null {
  if (written.rows !== expected.rows) return `${written.rows} rows, not ${expected.rows}`;
  const columns = Object.keys(expected.columns).filter((name) => written.columns[name] !== expected.columns[name]);
  if (columns.length > 0) return `other values in ${columns.join(', ')}`;
  return written.together === expected.together ? null : 'values stand in other rows';
}

/** A few letters that stand for all values. */
export function valuesLabel({ rows, columns, together }: TableValues): string {
  return createHash('sha256')
    .update(JSON.stringify([rows, columns, together]))
    .digest('hex')
    .slice(0, 8);
}

function readValues(python: string, request: object, folder: string): TableValues {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'values-request.json');
  writeFileSync(file, JSON.stringify(request));
  const read = run(python, [program, file], { PYTHONDONTWRITEBYTECODE: '1' });
  if (!read.ok) throw new Error(lastWords(read.stderr));
  return JSON.parse(read.stdout) as TableValues;
}
