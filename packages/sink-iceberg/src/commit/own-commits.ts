import type { LedgerKey, TableCommit } from '@calve/core/plugin';
import { SUMMARY_KEYS } from '@calve/core/plugin';
import { ancestry, headOf } from '../metadata/select.ts';
import type { Snapshot, TableMetadata } from '../metadata/table-metadata.ts';
import { summaryEvidence } from './evidence.ts';
import { rollbackState } from './rollback.ts';

/** The commits of a ledger whose snapshots the table still lists, newest first. Pure. */
export function ownCommits(metadata: TableMetadata, key: LedgerKey): TableCommit[] {
  const live = new Set([...ancestry(metadata, headOf(metadata))].map((snapshot) => snapshot['snapshot-id']));
  return (metadata.snapshots ?? [])
    .flatMap((snapshot) => {
      const found = summaryEvidence(snapshot, key);
      if (!found) return [];
      const { generation, sequence, commitId, snapshot: id } = found;
      const at = new Date(Number(snapshot['timestamp-ms'])).toISOString();
      const state = live.has(snapshot['snapshot-id']) ? ('live' as const) : stateBeside(metadata, snapshot);
      return [{ generation, sequence, commitId, snapshot: id, at, units: unitsOf(snapshot), state }];
    })
    .sort((a, b) => b.sequence - a.sequence);
}

/** Of a snapshot that is no ancestor of the head, as far as the ancestors are known. */
function stateBeside(metadata: TableMetadata, snapshot: Snapshot): 'rolled-back' | 'undecidable' {
  return rollbackState(metadata, snapshot['snapshot-id']) === 'undecidable' ? 'undecidable' : 'rolled-back';
}

function unitsOf({ summary }: Snapshot): number | null {
  const units = Number(summary[SUMMARY_KEYS.units] ?? Number.NaN);
  return Number.isSafeInteger(units) ? units : null;
}
