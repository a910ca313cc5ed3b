import type { Field } from '@calve/core/plugin';
import { compareBytes } from '../spec/bounds.ts';
import { fromHex } from '../spec/hex.ts';
import { decodeSingleValue } from '../spec/single-value.ts';
import type { LiveFile } from './live-files.ts';
import { orderOfSingle } from './order-bytes.ts';

/** The keys of a batch in one column, as bytes that compare as the values do, in hexadecimal. `upper` null: nothing is above it. */
export interface KeyRange {
  id: number;
  lower: string;
  upper: string | null;
}

/**
 * What a rewrite replaces, so that it can be told later whether a file that somebody added holds something of it. Plain JSON.
 *
 * - `table`: everything.
 * - `partitions`: everything in these partitions.
 * - `rows`: rows whose keys lie in these ranges, and rows that name one of these files. Null: none.
 */
export type RewriteGuard =
  | { kind: 'table' }
  | { kind: 'partitions'; specId: number; tuples: string[] }
  | { kind: 'rows'; keys: KeyRange[] | null; files: { id: number; uris: string[] } | null };

/** A file that leaves the table. */
export interface RemovedFile {
  path: string;
  /** Where it was listed: looked at first. */
  manifest: string;
}

/** What the journal keeps of a rewrite: the `removed` of `StagedRewrite`. */
export interface RemovedFiles {
  files: RemovedFile[];
  /** Files that stay and hold rows because of which incoming ones were left out: these have to be there when it is committed. */
  relied: string[];
  guard: RewriteGuard;
}

/** Ids of the columns whose bounds tell whether a file holds something of what is replaced. */
export function guardedColumns(guard: RewriteGuard): Set<number> {
  if (guard.kind !== 'rows') return new Set();
  return new Set([...(guard.keys ?? []).map(({ id }) => id), ...(guard.files ? [guard.files.id] : [])]);
}

/**
 * Whether a file may hold rows of what is replaced, by partition and bounds alone. Where they do not tell, it may. Pure.
 *
 * @param fields All columns of the table, with ids.
 */
export function mayHold(file: LiveFile, guard: RewriteGuard, fields: readonly Field[]): boolean {
  switch (guard.kind) {
    case 'table':
      return true;
    case 'partitions':
      // Of another spec: its rows may lie in any partition.
      return file.specId !== guard.specId || guard.tuples.includes(file.partition);
    case 'rows':
      return mayHoldKeys(file, guard.keys, fields) || mayHoldFiles(file, guard.files);
  }
}

/** Whether a file may hold rows whose key lies in the ranges. */
export function mayHoldKeys(file: LiveFile, keys: readonly KeyRange[] | null, fields: readonly Field[]): boolean {
  if (keys === null) return false;
  return keys.every(({ id, lower, upper }) => {
    const type = fields.find((field) => field.id === id)?.type;
    const [least, most] = [file.lower.get(id), file.upper.get(id)];
    if (!type) return true;
    if (most && compareBytes(orderOfSingle(type, decodeSingleValue(type, most)), fromHex(lower)) < 0) return false;
    return !(upper !== null && least && compareBytes(orderOfSingle(type, decodeSingleValue(type, least)), fromHex(upper)) > 0);
  });
}

const encoder = new TextEncoder();

function mayHoldFiles({ lower, upper }: LiveFile, files: { id: number; uris: readonly string[] } | null): boolean {
  if (files === null) return false;
  const [least, most] = [lower.get(files.id), upper.get(files.id)];
  return files.uris.some((uri) => {
    const bytes = encoder.encode(uri);
    return !(least && compareBytes(least, bytes) > 0) && !(most && compareBytes(most, bytes) < 0);
  });
}
