import type { LedgerKey, TableCommit } from '@calve/core/plugin';
import { SUMMARY_KEYS } from '@calve/core/plugin';
import type { MemoryTable } from './memory-tables.ts';

/** The commits of a ledger in a table of the memory sink, newest first. Its snapshots have no time. */
export function memoryCommits({ head, snapshots }: MemoryTable, { tenant, ingestion }: LedgerKey): TableCommit[] {
  const live = new Set<string>();
  for (let id = head; id !== null; id = snapshots.find((snapshot) => snapshot.id === id)?.parent ?? null) live.add(id);
  return snapshots
    .filter(({ summary }) => summary[SUMMARY_KEYS.tenant] === tenant && summary[SUMMARY_KEYS.ingestion] === ingestion)
    .map(
      ({ id, summary }): TableCommit => ({
        generation: summary[SUMMARY_KEYS.generation]!,
        sequence: Number(summary[SUMMARY_KEYS.sequence]),
        commitId: summary[SUMMARY_KEYS.commitId]!,
        snapshot: id,
        at: null,
        units: Number(summary[SUMMARY_KEYS.units]),
        state: live.has(id) ? 'live' : 'rolled-back',
      }),
    )
    .reverse();
}
