import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What `tools/prepare-readers.ts` found and fetched. A tier whose `path` is null is left out; `reason` is half a sentence. */
export interface ReadersStatus {
  /** The Python with PyIceberg, PyArrow, DuckDB and PySpark. */
  python: { path: string | null; reason: string | null };
  /** What Spark needs besides: a Java, and the jars of Iceberg and of the SQLite driver. */
  java: { path: string | null; reason: string | null; jars: string[] };
}

/** The exact versions of all Python packages. */
export const requirementsFile: string = join(import.meta.dirname, 'requirements.txt');

/** Where fetched tools live: `CALVE_CACHE`, or `.cache` of the repository. */
export function cacheFolder(): string {
  return resolve(process.env['CALVE_CACHE'] || join(import.meta.dirname, '..', '..', '.cache'));
}

/** Where the status is kept. */
export function statusFile(): string {
  return join(cacheFolder(), 'readers.json');
}

/** The status of the last preparation; everything is missing when there was none. */
export function readersStatus(): ReadersStatus {
  if (existsSync(statusFile())) return JSON.parse(readFileSync(statusFile(), 'utf8')) as ReadersStatus;
  const reason = 'the readers were not fetched yet: run ./dev readers';
  return { python: { path: null, reason }, java: { path: null, reason, jars: [] } };
}
