import type { LedgerOptions } from '../calve-ledger.ts';
import type { CallContext } from '../context/call-context.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import type { Connections } from './connections.ts';
import { Journal } from './journal.ts';
import { LedgerLease } from './ledger-lease.ts';
import type { LedgerRequest } from './ledger-request.ts';
import { RunEvents } from './run-events.ts';
import type { RunSettings } from './start-run.ts';

export { acceptRollback, previewAcceptRollback } from './accept-rollback.ts';
export { adoptIngestion, previewAdopt } from './adopt-ingestion.ts';
export { auditIngestion } from './audit-ingestion.ts';
export { bundleIngestion } from './bundle-ingestion.ts';
export { readHistory } from './read-history.ts';
export { previewReplay } from './replay/replay-ingestion.ts';
export { reportFindings } from './report-findings.ts';
export { previewReset, resetIngestion } from './reset-ingestion.ts';

/** Lets one operation work on the ledger of an ingestion; releases the lease if it took one. The answer has no secrets in it. */
export async function withLedger<T>(
  { id }: IngestionSpec,
  options: LedgerOptions,
  { configuration, patience, leaseMilliseconds }: RunSettings,
  { connections, context }: { connections: Connections; context: CallContext },
  work: (request: LedgerRequest) => Promise<T>,
): Promise<T> {
  const { environment, redactor } = configuration;
  const store = await configuration.store();
  const key = { tenant: context.tenant, ingestion: id };
  const events = new RunEvents(
    { runId: context.runId, ...key },
    () => environment.now(),
    () => [],
    redactor,
  );
  const lease = new LedgerLease({
    leases: store.leases,
    key,
    context,
    durationMilliseconds: leaseMilliseconds,
    ...(options.ifBusy === undefined ? {} : { ifBusy: options.ifBusy }),
    onWaiting: (heldBy) => options.onWaiting?.(heldBy),
  });
  const journal = new Journal(store, key, environment, lease);
  try {
    return redactor.json(await work({ journal, lease, store, connections, context, events, patience }));
  } finally {
    await lease.release();
  }
}
