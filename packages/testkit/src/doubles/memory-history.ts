import type { AcceptedRollback, LedgerKey, TableCommit, TableEvidence } from '@calve/core/plugin';
import { evidenceName, SUMMARY_KEYS } from '@calve/core/plugin';
import type { MemoryTable } from './memory-tables.ts';

/** The commits of a ledger in a table of the memory sink, newest first. Its snapshots have no time. */
export function memoryCommits(table: MemoryTable, { tenant, ingestion }: LedgerKey): TableCommit[] {
  return table.snapshots
    .filter(({ summary }) => summary[SUMMARY_KEYS.tenant] === tenant && summary[SUMMARY_KEYS.ingestion] === ingestion)
    .map(
      ({ id, summary }): TableCommit => ({
        generation: summary[SUMMARY_KEYS.generation]!,
        sequence: Number(summary[SUMMARY_KEYS.sequence]),
        commitId: summary[SUMMARY_KEYS.commitId]!,
        snapshot: id,
        at: null,
        units: Number(summary[SUMMARY_KEYS.units]),
        rejectedRows: summary[SUMMARY_KEYS.rejectedRows] === undefined ? null : Number(summary[SUMMARY_KEYS.rejectedRows]),
        state: { kept: 'live' as const, 'rolled-back': 'rolled-back' as const, undecidable: 'undecidable' as const }[
          stateOf(table, id)
        ],
      }),
    )
    .reverse();
}

/** What a table of the memory sink proves about a ledger; with the rule for rollbacks that the contract of sinks has. */
export function memoryEvidence(table: MemoryTable, key: LedgerKey, accepted: AcceptedRollback | undefined): TableEvidence | null {
  const evidence = table.evidence.get(evidenceName(key));
  if (!evidence) return null;
  const rollback = rollbackOf(table, evidence.snapshot, accepted);
  return rollback === 'kept' ? evidence : { ...evidence, rollback };
}

function rollbackOf(table: MemoryTable, id: string, accepted: AcceptedRollback | undefined) {
  const state = stateOf(table, id);
  if (accepted?.snapshot !== id) return state;
  if (state === 'kept') return accepted.isReingested && table.snapshots.some((one) => one.id === id) ? 'came-back' : 'kept';
  return accepted.head === null ? 'kept' : stateOf(table, accepted.head);
}

function stateOf({ head, snapshots }: MemoryTable, id: string): 'kept' | 'rolled-back' | 'undecidable' {
  const named = snapshots.findIndex((snapshot) => snapshot.id === id);
  if (named === -1) return 'kept';
  for (let next = head; next !== null; ) {
    const at = snapshots.findIndex((snapshot) => snapshot.id === next);
    if (at === -1) return 'undecidable';
    if (at === named) return 'kept';
    if (at < named) return 'rolled-back';
    next = snapshots[at]!.parent;
  }
  return 'rolled-back';
}
