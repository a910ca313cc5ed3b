import { findSnapshot, headOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';

/** What a snapshot adds. */
export interface Addition {
  files: number;
  rows: bigint;
  bytes: bigint;
  partitions: number;
}

/**
 * The summary of an append. Totals continue those of the head; a total that the head lacks stays out, since a wrong one would
 * poison every later snapshot. Pure.
 *
 * @param more Further entries, our evidence for instance.
 * @see https://iceberg.apache.org/spec/#optional-snapshot-summary-fields
 */
export function appendSummary(
  metadata: TableMetadata,
  addition: Addition,
  more: Readonly<Record<string, string>>,
): Record<string, string> {
  const head = headOf(metadata);
  const before = head === null ? null : (findSnapshot(metadata, head)?.summary ?? {});
  const total = (name: string, added: bigint): [string, string][] => {
    const text = before === null ? '0' : before[name];
    return text !== undefined && /^\d+$/.test(text) ? [[name, String(BigInt(text) + added)]] : [];
  };
  return {
    operation: 'append',
    'added-data-files': String(addition.files),
    'added-records': String(addition.rows),
    'added-files-size': String(addition.bytes),
    'changed-partition-count': String(addition.partitions),
    ...Object.fromEntries([
      ...total('total-records', addition.rows),
      ...total('total-files-size', addition.bytes),
      ...total('total-data-files', BigInt(addition.files)),
      ...total('total-delete-files', 0n),
      ...total('total-position-deletes', 0n),
      ...total('total-equality-deletes', 0n),
    ]),
    ...more,
  };
}
