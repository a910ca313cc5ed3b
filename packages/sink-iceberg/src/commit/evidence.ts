import type { AcceptedRollback, EvidenceMarker, LedgerKey, TableEvidence } from '@calve/core/plugin';
import { CalveError, evidenceName, z } from '@calve/core/plugin';
import { ancestry, findSnapshot, headOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { rollbackOf } from './rollback.ts';
import { seenSnapshots } from './seen-snapshots.ts';
import { snapshotEvidence } from './snapshot-evidence.ts';

const marker = z.lazy(() =>
  z.looseObject({
    v: z.literal(1),
    generation: z.string(),
    sequence: z.int().min(1),
    commitId: z.string(),
    snapshot: z.string().regex(/^\d{1,19}$/),
    writerId: z.string(),
  }),
);

/**
 * What the table proves about a ledger: the marker in its properties, the snapshot under the ledger's tag, or the newest snapshot of the ledger
 * among those that readers see or once saw on `main`, whichever has the highest sequence. Pure.
 *
 * @param accepted A rollback that somebody decided to live with: the evidence does not tell it again.
 * @returns `null`: none of them is there.
 * @throws {CalveError} `MARKER_CONFLICT`: property or tag are there, but somebody has changed them to what they cannot be.
 */
export function tableEvidence(metadata: TableMetadata, key: LedgerKey, accepted?: AcceptedRollback): TableEvidence | null {
  const found = [
    markedEvidence(metadata, key),
    taggedEvidence(metadata, key),
    newestOwnSnapshot(metadata, key),
    newestSeenSnapshot(metadata, key),
  ];
  // Where two say the same, the first one does.
  const effective = found.reduce((best, next) => (next && (!best || next.sequence > best.sequence) ? next : best), null);
  if (!effective) return null;
  const rollback = rollbackOf(metadata, BigInt(effective.snapshot), accepted);
  return rollback === 'kept' ? effective : { ...effective, rollback };
}

/** The marker of a ledger; `null` when the table has none. @throws {CalveError} `MARKER_CONFLICT`. */
export function readMarker(metadata: TableMetadata, key: LedgerKey): EvidenceMarker | null {
  const name = evidenceName(key);
  const text = metadata.properties?.[name];
  if (text === undefined) return null;
  const parsed = marker.safeParse(parsedOrUndefined(text));
  if (parsed.success) return parsed.data;
  throw changedByHand(metadata, `property ${name}`, { property: name, value: text.slice(0, 1000) }, `: ${text.slice(0, 200)}`);
}

function markedEvidence(metadata: TableMetadata, key: LedgerKey): TableEvidence | null {
  const property = readMarker(metadata, key);
  if (!property) return null;
  const { generation, sequence, commitId, snapshot } = property;
  return { generation, sequence, commitId, snapshot, kept: 'property' };
}

/** A tag keeps its snapshot from expiring, so the snapshot itself can tell. */
function taggedEvidence(metadata: TableMetadata, key: LedgerKey): TableEvidence | null {
  const name = evidenceName(key);
  const reference = metadata.refs?.[name];
  if (!reference) return null;
  const id = reference['snapshot-id'];
  const snapshot = findSnapshot(metadata, id);
  const found = snapshot && reference.type === 'tag' ? snapshotEvidence(snapshot, key) : null;
  if (found) return { ...found, kept: 'tag' };
  throw changedByHand(metadata, `${reference.type} ${name}`, { reference: name, snapshot: String(id) }, '');
}

function newestOwnSnapshot(metadata: TableMetadata, key: LedgerKey): TableEvidence | null {
  for (const snapshot of ancestry(metadata, headOf(metadata))) {
    const found = snapshotEvidence(snapshot, key);
    if (found) return found;
  }
  return null;
}

/** Tells of a rollback where nothing else does: a job of another engine leaves neither property nor tag, and its snapshot went out of the history. */
function newestSeenSnapshot(metadata: TableMetadata, key: LedgerKey): TableEvidence | null {
  let newest: TableEvidence | null = null;
  for (const snapshot of seenSnapshots(metadata).values()) {
    const found = snapshotEvidence(snapshot, key);
    if (found && found.sequence > (newest?.sequence ?? 0)) newest = found;
  }
  return newest;
}

function changedByHand(metadata: TableMetadata, what: string, context: Record<string, string>, value: string): CalveError {
  return new CalveError(
    'MARKER_CONFLICT',
    `The ${what} of the table at ${metadata.location} is not what Calve writes there${value}. Somebody changed it; restore it from an earlier metadata file.`,
    { recovery: { kind: 'decide', choices: ['halt'] }, context },
  );
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: as wrong as any other content, and reported by the caller.
    return undefined;
  }
}
