import { findSnapshot } from './select.ts';
import type { Snapshot, SnapshotReference, TableMetadata } from './table-metadata.ts';
import { MAIN_BRANCH } from './table-metadata.ts';
import { refused } from './update-refused.ts';

/** Adds a snapshot that no branch points to yet. Its sequence number becomes the table's last one. */
export function addSnapshot(state: TableMetadata, snapshot: Snapshot): TableMetadata {
  const id = snapshot['snapshot-id'];
  if (findSnapshot(state, id)) throw refused(`snapshot ${id} exists already`);
  const sequence = snapshot['sequence-number'];
  if (sequence <= state['last-sequence-number'])
    throw refused(`sequence number ${sequence} is not above ${state['last-sequence-number']}, the last one of the table`);
  const time = snapshot['timestamp-ms'];
  return {
    ...state,
    snapshots: [...(state.snapshots ?? []), snapshot],
    'last-sequence-number': sequence,
    'last-updated-ms': later(time, state['last-updated-ms']),
  };
}

/** Points a branch or tag to a snapshot of the table. Moving `main` moves the current snapshot and is logged. */
export function setReference(state: TableMetadata, name: string, reference: SnapshotReference): TableMetadata {
  const moved = { ...state, refs: { ...state.refs, [name]: reference } };
  const id = reference['snapshot-id'];
  if (name !== MAIN_BRANCH || state['current-snapshot-id'] === id) return moved;
  const own = findSnapshot(state, id)?.['timestamp-ms'] ?? 0n;
  return {
    ...moved,
    'current-snapshot-id': id,
    'snapshot-log': [
      ...(state['snapshot-log'] ?? []),
      { 'snapshot-id': id, 'timestamp-ms': later(own, state['last-updated-ms']) },
    ],
  };
}

/** Removes snapshots, what points to them, and the log up to the gap that they leave. */
export function removeSnapshots(state: TableMetadata, ids: readonly bigint[]): TableMetadata {
  const gone = new Set(ids);
  const refs = Object.entries(state.refs ?? {}).filter(([, reference]) => !gone.has(reference['snapshot-id']));
  const log = state['snapshot-log'] ?? [];
  const gap = log.findLastIndex((entry) => gone.has(entry['snapshot-id']));
  const current = state['current-snapshot-id'];
  return {
    ...state,
    snapshots: (state.snapshots ?? []).filter((snapshot) => !gone.has(snapshot['snapshot-id'])),
    refs: Object.fromEntries(refs),
    'snapshot-log': log.slice(gap + 1),
    ...(current !== undefined && current !== null && gone.has(current) ? { 'current-snapshot-id': -1n } : {}),
  };
}

/** The later of two times. The clock may go back, a table's times never do. */
export function later(a: bigint, b: bigint): bigint {
  if (a < b) return b;
  return a;
}
