import type { CommitOutcome, Environment, Json } from '@calve/core/plugin';
import type { Catalog } from '../catalog/catalog.ts';
import { identifierText } from '../spec/table-identifier.ts';
import { readRequest } from './commit-request.ts';

/** What sending needs of its session. */
export interface SendPorts {
  catalog: Catalog;
  environment: Environment;
  /** Tables whose catalog refused a commit with a property of ours; the next attempt does without. */
  refusing: Set<string>;
}

/**
 * Second half of an attempt: exactly one request to the catalog. A refusal of a request that tries out whether the catalog takes our property is
 * worth another attempt: without the property, it tells whether the catalog refuses for that reason.
 */
export async function sendCommit(request: Json, ports: SendPorts): Promise<CommitOutcome> {
  const { identifier, snapshot, commit, triesProperty } = readRequest(request);
  const outcome = await ports.catalog.commit(identifier, commit, ports.environment);
  await ports.environment.step('iceberg.send.done');
  switch (outcome.kind) {
    case 'committed':
      return { kind: 'committed', snapshot };
    case 'conflict':
      return { kind: 'conflict' };
    case 'refused':
      if (!triesProperty) return { kind: 'refused', error: outcome.error };
      ports.refusing.add(identifierText(identifier));
      return { kind: 'refused', error: outcome.error, isWorthAnother: true };
    case 'unknown':
      return { kind: 'unknown', error: outcome.error };
  }
}
