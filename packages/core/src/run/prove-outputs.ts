import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import type { ProvenOutputs } from '../ledger/proven-head.ts';
import type { TableEvidence } from '../sink/sink.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import type { Connections } from './connections.ts';

/** Asks the table of each output what it proves about a ledger. @throws {CalveError} what a sink says of a table that is damaged. */
export async function proveOutputs(key: LedgerKey, spec: IngestionSpec, connections: Connections): Promise<ProvenOutputs> {
  const proven: Record<string, TableEvidence | null> = {};
  for (const { name, sink, options } of spec.outputs) {
    const session = await connections.sink(sink);
    // A session describes a table that was found.
    await session.inspect(options);
    proven[name] = await session.evidence(options, key);
  }
  return proven;
}
