import type { CommitIntent } from '@calve/core/plugin';
import { evidenceMarker, evidenceName } from '@calve/core/plugin';
import type { EvidenceKeeping } from '../catalog/catalog.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import type { TableUpdate } from '../metadata/table-update.ts';
import { readMarker } from './evidence.ts';

/**
 * The updates by which a commit leaves its evidence: a property of the table, or a tag on the snapshot that it adds, whose summary says the same.
 *
 * A catalog that is not known to keep properties is not tried out on a table of its own, nor with a commit that does nothing else: the first commit
 * of a ledger carries both, and what the table shows afterwards decides. Where the property is there, the tag goes with the next commit; where it
 * is not, the tag alone is moved from then on. So nothing has to be remembered, and no commit is without evidence that survives expiry. Pure.
 *
 * @param metadata The table that the commit is based on.
 * @param keeping What is known of the catalog.
 */
export function evidenceUpdates(
  metadata: TableMetadata,
  intent: CommitIntent,
  output: string,
  keeping: EvidenceKeeping,
): TableUpdate[] {
  const name = evidenceName(intent.key);
  const marker = evidenceMarker(intent, output);
  const property: TableUpdate = { action: 'set-properties', updates: { [name]: JSON.stringify(marker) } };
  const snapshot = BigInt(marker.snapshot);
  const tag: TableUpdate = { action: 'set-snapshot-ref', 'ref-name': name, type: 'tag', 'snapshot-id': snapshot };
  const isTagged = metadata.refs?.[name] !== undefined;
  const isMarked = readMarker(metadata, intent.key) !== null;
  if (keeping === 'property' || (keeping === 'unknown' && isMarked)) {
    return isTagged ? [property, { action: 'remove-snapshot-ref', 'ref-name': name }] : [property];
  }
  return keeping === 'unknown' && !isTagged ? [property, tag] : [tag];
}

/** True for a request that tries out whether the catalog takes properties of ours. */
export function triesProperty(updates: readonly TableUpdate[], { key }: Pick<CommitIntent, 'key'>): boolean {
  const name = evidenceName(key);
  const isTagged = updates.some((update) => update.action === 'set-snapshot-ref' && update['ref-name'] === name);
  return isTagged && updates.some((update) => update.action === 'set-properties' && name in update.updates);
}
