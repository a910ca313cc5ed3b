import type { LedgerKey, TableCommit } from '@calve/core/plugin';
import { SUMMARY_KEYS } from '@calve/core/plugin';
import { ancestry, headOf } from '../metadata/select.ts';
import type { Snapshot, TableMetadata } from '../metadata/table-metadata.ts';
import { rollbackState } from './rollback.ts';
import { seenSnapshots } from './seen-snapshots.ts';
import { isStagedByWap, snapshotEvidence } from './snapshot-evidence.ts';

/**
 * The commits of a ledger whose snapshots the table still lists, newest first. What a Spark job staged and nobody has published is none. Pure.
 */
export function ownCommits(metadata: TableMetadata, key: LedgerKey): TableCommit[] {
  const live = idsFrom(metadata, headOf(metadata));
  const seen = seenSnapshots(metadata);
  return (metadata.snapshots ?? [])
    .flatMap((snapshot) => {
      const found = snapshotEvidence(snapshot, key);
      const own = snapshot['snapshot-id'];
      if (!found || (isStagedByWap(snapshot) && !live.has(own) && !seen.has(own))) return [];
      const { generation, sequence, commitId, snapshot: id } = found;
      const at = new Date(Number(snapshot['timestamp-ms'])).toISOString();
      const state = live.has(own) ? ('live' as const) : stateBeside(metadata, snapshot);
      return [
        {
          generation,
          sequence,
          commitId,
          snapshot: id,
          at,
          units: countOf(snapshot, 'units'),
          rejectedRows: countOf(snapshot, 'rejectedRows'),
          state,
        },
      ];
    })
    .sort((a, b) => b.sequence - a.sequence);
}

function idsFrom(metadata: TableMetadata, head: bigint | null): Set<bigint> {
  return new Set([...ancestry(metadata, head)].map((snapshot) => snapshot['snapshot-id']));
}

/** Of a snapshot that is no ancestor of the head, as far as the ancestors are known. */
function stateBeside(metadata: TableMetadata, snapshot: Snapshot): 'rolled-back' | 'undecidable' {
  return rollbackState(metadata, snapshot['snapshot-id']) === 'undecidable' ? 'undecidable' : 'rolled-back';
}

function countOf({ summary }: Snapshot, name: 'units' | 'rejectedRows'): number | null {
  const count = Number(summary[SUMMARY_KEYS[name]] ?? Number.NaN);
  return Number.isSafeInteger(count) ? count : null;
}
