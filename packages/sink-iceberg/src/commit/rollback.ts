import type { AcceptedRollback, TableEvidence } from '@calve/core/plugin';
import { ancestry, findSnapshot, headOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';

/**
 * Whether a snapshot is still part of the table's history.
 *
 * - `kept`: an ancestor of the head, or expired, so that what names it is trusted.
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

/**
 * The same for the snapshot that evidence names, given what somebody decided about it. A rollback that was accepted is none while what readers
 * saw then is still part of the history; one that went further has to be decided again. Pure.
 */
export function rollbackOf(
  metadata: TableMetadata,
  evidenceSnapshot: bigint,
  accepted: AcceptedRollback | undefined,
): 'kept' | NonNullable<TableEvidence['rollback']> {
  const state = rollbackState(metadata, evidenceSnapshot);
  if (accepted?.snapshot !== String(evidenceSnapshot)) return state;
  if (state === 'kept') return accepted.isReingested && findSnapshot(metadata, evidenceSnapshot) ? 'came-back' : 'kept';
  return accepted.head === null ? 'kept' : rollbackState(metadata, BigInt(accepted.head));
}
