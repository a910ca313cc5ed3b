import type { LedgerKey, TableCommit } from '@calve/core/plugin';
import { SUMMARY_KEYS } from '@calve/core/plugin';
import { ancestry, headOf } from '../metadata/select.ts';
import type { Snapshot, TableMetadata } from '../metadata/table-metadata.ts';
import { rollbackState } from './rollback.ts';
import { isStagedByWap, snapshotEvidence } from './snapshot-evidence.ts';

/**
 * The commits of a ledger whose snapshots the table still lists, newest first. What a Spark job staged and nobody has published is none. Pure.
 */
export function ownCommits(metadata: TableMetadata, key: LedgerKey): TableCommit[] {
  const live = idsFrom(metadata, headOf(metadata));
  const published = new Set([...live, ...everSeen(metadata)]);
  return (metadata.snapshots ?? [])
    .flatMap((snapshot) => {
      const found = snapshotEvidence(snapshot, key);
      const own = snapshot['snapshot-id'];
      if (!found || (isStagedByWap(snapshot) && !published.has(own))) return [];
      const { generation, sequence, commitId, snapshot: id } = found;
      const at = new Date(Number(snapshot['timestamp-ms'])).toISOString();
      const state = live.has(own) ? ('live' as const) : stateBeside(metadata, snapshot);
      return [{ generation, sequence, commitId, snapshot: id, at, units: unitsOf(snapshot), state }];
    })
    .sort((a, b) => b.sequence - a.sequence);
}

function idsFrom(metadata: TableMetadata, head: bigint | null): Set<bigint> {
  return new Set([...ancestry(metadata, head)].map((snapshot) => snapshot['snapshot-id']));
}

/** What was once the head of `main`, and all before it: the log tells. */
function everSeen(metadata: TableMetadata): Set<bigint> {
  const seen = new Set<bigint>();
  for (const { 'snapshot-id': id } of metadata['snapshot-log'] ?? []) {
    if (!seen.has(id)) for (const before of idsFrom(metadata, id)) seen.add(before);
  }
  return seen;
}

/** Of a snapshot that is no ancestor of the head, as far as the ancestors are known. */
function stateBeside(metadata: TableMetadata, snapshot: Snapshot): 'rolled-back' | 'undecidable' {
  return rollbackState(metadata, snapshot['snapshot-id']) === 'undecidable' ? 'undecidable' : 'rolled-back';
}

function unitsOf({ summary }: Snapshot): number | null {
  const units = Number(summary[SUMMARY_KEYS.units] ?? Number.NaN);
  return Number.isSafeInteger(units) ? units : null;
}
