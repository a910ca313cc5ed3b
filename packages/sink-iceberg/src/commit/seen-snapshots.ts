import type { Snapshot, TableMetadata } from '../metadata/table-metadata.ts';

/**
 * What readers once saw: each snapshot that the log names as the head of `main`, and all before it, as far as the table still lists them. What was
 * staged and never published is not among them. Pure.
 */
export function seenSnapshots(metadata: TableMetadata): ReadonlyMap<bigint, Snapshot> {
  const listed = new Map((metadata.snapshots ?? []).map((snapshot) => [snapshot['snapshot-id'], snapshot]));
  const seen = new Map<bigint, Snapshot>();
  for (const { 'snapshot-id': head } of metadata['snapshot-log'] ?? []) {
    for (let next: bigint | null = head; next !== null && !seen.has(next); ) {
      const snapshot = listed.get(next);
      if (!snapshot) break;
      seen.set(next, snapshot);
      next = snapshot['parent-snapshot-id'] ?? null;
    }
  }
  return seen;
}
