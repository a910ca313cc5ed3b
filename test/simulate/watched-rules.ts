import type { HistoryProblem, SimulatedCommit, SimulatedState, TableReader } from '@calve/testkit';
import { type CatalogOfHistory, checkedTable, pathOf } from './catalog-of-history.ts';
import { REJECTED, TABLE } from './orders-spec.ts';

/** A commit of ours that arrives at the catalog and was not journaled as about to be sent: nobody would look for it after a crash. */
export function commitsWithoutJournal(table: string, { updates }: SimulatedCommit, state: SimulatedState): HistoryProblem[] {
  return updates.flatMap(({ action, snapshot }) => {
    const summary = action === 'add-snapshot' ? (snapshot as { summary: Record<string, string> }).summary : {};
    const commitId = summary['ingest.commit-id'];
    const output = table === TABLE ? 'main' : 'rejected';
    if (commitId === undefined || state.announced.get(commitId)?.has(output)) return [];
    return [{ rule: 'commit without journal', message: `Commit ${commitId} of ${table} arrives and was not journaled.` }];
  });
}

/** A file that one of our processes deletes while a snapshot needs it; other engines may. */
export function deletedWhileLive(path: string, by: string, catalog: CatalogOfHistory, reader: TableReader): HistoryProblem[] {
  if (by.startsWith('engine ')) return [];
  return [TABLE, REJECTED]
    .filter((table) => [...reader.referenced(checkedTable(catalog.current(table)))].some((location) => pathOf(location) === path))
    .map((table) => ({ rule: 'live file deleted', message: `${by} deletes ${path}, which a snapshot of ${table} needs.` }));
}
