import type { TableCommit, TableEvidence } from '../sink/sink.ts';

/**
 * Rejected rows that are in no table and that nobody will add: their commit had reached the table of the accepted rows, and then the ledger that knew
 * the rest was lost. Pure.
 *
 * @param commits Of the accepted rows.
 * @param rejected What the table of the rejected rows proves.
 */
export function lostRejectedRows(commits: readonly TableCommit[], rejected: TableEvidence | null | undefined): number {
  return commits
    .filter(({ state, sequence }) => state === 'live' && sequence > (rejected?.sequence ?? 0))
    .reduce((sum, { rejectedRows }) => sum + (rejectedRows ?? 0), 0);
}
