import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { CommitRequest } from './commit-batch.ts';

/** What an operation on a ledger needs: what settling an open commit needs, and the records. */
export interface LedgerRequest extends CommitRequest {
  store: CheckpointStore;
}

/** The error for an operation that lost to another worker. */
export function ledgerMoved({ ingestion }: LedgerKey): CalveError {
  return new CalveError(
    'CHECKPOINT_SUPERSEDED',
    `Another worker changed the ledger of ingestion "${ingestion}" at the same time; this one changed nothing. Stop the other, or try again.`,
    { recovery: 'retry' },
  );
}
