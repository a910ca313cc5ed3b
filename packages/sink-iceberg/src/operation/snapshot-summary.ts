import { findSnapshot, headOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';

/** What a snapshot adds. */
export interface Addition {
  files: number;
  rows: bigint;
  bytes: bigint;
  /** Of what goes too, each once. */
  partitions: number;
}

/** What a snapshot takes away. */
export interface Removal {
  files: number;
  rows: bigint;
  bytes: bigint;
  /** Tuples as text. */
  partitions: Set<string>;
}

/**
 * The summary of a snapshot: `append` when nothing goes, `overwrite` otherwise. Totals continue those of the head; a total that the head lacks, or
 * that would fall below zero, stays out, since a wrong one would poison every later snapshot. Pure.
 *
 * @param more Further entries, our evidence for instance.
 * @see https://iceberg.apache.org/spec/#optional-snapshot-summary-fields
 */
export function snapshotSummary(
  metadata: TableMetadata,
  addition: Addition,
  removal: Removal | null,
  more: Readonly<Record<string, string>>,
): Record<string, string> {
  const head = headOf(metadata);
  const before = head === null ? null : (findSnapshot(metadata, head)?.summary ?? {});
  const total = (name: string, change: bigint): [string, string][] => {
    const text = before === null ? '0' : before[name];
    const sum = text !== undefined && /^\d+$/.test(text) ? BigInt(text) + change : -1n;
    return sum >= 0n ? [[name, String(sum)]] : [];
  };
  const removed = removal ?? { files: 0, rows: 0n, bytes: 0n };
  return {
    operation: removed.files > 0 ? 'overwrite' : 'append',
    'added-data-files': String(addition.files),
    'added-records': String(addition.rows),
    'added-files-size': String(addition.bytes),
    ...(removed.files > 0 && {
      'deleted-data-files': String(removed.files),
      'deleted-records': String(removed.rows),
      'removed-files-size': String(removed.bytes),
    }),
    'changed-partition-count': String(addition.partitions),
    ...Object.fromEntries([
      ...total('total-records', addition.rows - removed.rows),
      ...total('total-files-size', addition.bytes - removed.bytes),
      ...total('total-data-files', BigInt(addition.files - removed.files)),
      ...total('total-delete-files', 0n),
      ...total('total-position-deletes', 0n),
      ...total('total-equality-deletes', 0n),
    ]),
    ...more,
  };
}
