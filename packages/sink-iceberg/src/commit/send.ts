import type { CommitOutcome, Environment, Json } from '@calve/core/plugin';
import type { Catalog } from '../catalog/catalog.ts';
import { readRequest } from './commit-request.ts';

/** Second half of an attempt: exactly one request to the catalog. */
export async function sendCommit(request: Json, ports: { catalog: Catalog; environment: Environment }): Promise<CommitOutcome> {
  const { identifier, snapshot, commit } = readRequest(request);
  const outcome = await ports.catalog.commit(identifier, commit, ports.environment);
  await ports.environment.step('iceberg.send.done');
  switch (outcome.kind) {
    case 'committed':
      return { kind: 'committed', snapshot };
    case 'conflict':
      return { kind: 'conflict' };
    case 'refused':
    case 'unknown':
      return { kind: outcome.kind, error: outcome.error };
  }
}
