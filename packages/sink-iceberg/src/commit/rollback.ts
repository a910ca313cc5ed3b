import { ancestry, findSnapshot, headOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';

/**
 * Whether the snapshot that evidence names is still part of the table's history.
 *
 * - `kept`: an ancestor of the head, or expired, so that the marker is trusted.
 * - `rolled-back`: still listed, but the history of the head goes past it.
 * - `undecidable`: still listed, but the history of the head breaks off before it could be met.
 */
export type RollbackState = 'kept' | 'rolled-back' | 'undecidable';

/** Applies the rollback rule to the head of `main`. Pure. */
export function rollbackState(metadata: TableMetadata, evidenceSnapshot: bigint): RollbackState {
  const named = findSnapshot(metadata, evidenceSnapshot);
  if (!named) return 'kept';
  const head = headOf(metadata);
  if (head === null) return 'rolled-back';
  let last = null;
  for (const snapshot of ancestry(metadata, head)) {
    if (snapshot['snapshot-id'] === evidenceSnapshot) return 'kept';
    if (snapshot['sequence-number'] <= named['sequence-number']) return 'rolled-back';
    last = snapshot;
  }
  const isRoot = last !== null && (last['parent-snapshot-id'] ?? null) === null;
  return isRoot ? 'rolled-back' : 'undecidable';
}
