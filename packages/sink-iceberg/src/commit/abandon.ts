import type { CommitIntent, Int64 } from '@calve/core/plugin';
import { CalveError, parseWapId } from '@calve/core/plugin';
import type { Catalog } from '../catalog/catalog.ts';
import { deleteFile } from '../files/local-files.ts';
import { ancestry, headOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { parseIdentifier } from '../spec/table-identifier.ts';
import { readMarker, tableEvidence } from './evidence.ts';
import { outputOf, stagedFiles } from './intent-output.ts';

/**
 * Deletes the data files that were staged for an output.
 *
 * @throws {CalveError} `COMMIT_STATE_UNKNOWN` (verify), and nothing is deleted: an attempt was not refused for certain, so a commit
 *   may refer to the files; or the table says that it does.
 */
export async function abandonOutput(intent: CommitIntent, name: string, catalog: Catalog): Promise<void> {
  const { journaled, target } = outputOf(intent, name);
  const open = journaled.attempts.find((attempt) => attempt.outcome !== 'refused');
  if (open) throw kept(target.table, `an attempt to commit them ended as "${open.outcome ?? 'not answered'}"`);
  const loaded = await catalog.load(parseIdentifier(target.table));
  if (loaded !== 'absent' && mayBeLive(loaded.metadata, intent))
    throw kept(target.table, 'the table holds this commit or one after it');
  if (loaded !== 'absent' && isListed(loaded.metadata, intent, journaled.snapshot))
    throw kept(target.table, 'a snapshot that readers do not see, but the table still lists, is of this commit');
  for (const file of stagedFiles(journaled)) await deleteFile(file.path);
}

/**
 * The table holds this very commit. Its files are those of one writer; another worker that staged the same batch too late may delete
 * its own. A table that is ahead of the intent may hold it as well: the intent may come from an old copy of the state, which does not
 * know that it was sent since.
 */
function mayBeLive(metadata: TableMetadata, intent: CommitIntent): boolean {
  const evidence = tableEvidence(metadata, intent.key);
  if (evidence === null || evidence.sequence < intent.sequence) return false;
  if (evidence.sequence > intent.sequence) return true;
  if (evidence.commitId !== intent.commitId) return false;
  const marker = readMarker(metadata, intent.key);
  return marker?.commitId !== intent.commitId || marker.writerId === intent.writerId;
}

/**
 * What was rolled back may be put back, and what Spark staged may be published: whoever does that needs the files. Which files a staged snapshot
 * has is not looked at; that it is of this commit is enough.
 */
function isListed(metadata: TableMetadata, { key, commitId }: CommitIntent, snapshotId: Int64): boolean {
  const seen = new Set([...ancestry(metadata, headOf(metadata))].map((snapshot) => snapshot['snapshot-id']));
  return (metadata.snapshots ?? []).some(({ 'snapshot-id': id, summary }) => {
    if (seen.has(id)) return false;
    if (String(id) === snapshotId) return true;
    const staged = parseWapId(summary['wap.id'] ?? '');
    return staged?.commitId === commitId && staged.key.tenant === key.tenant && staged.key.ingestion === key.ingestion;
  });
}

function kept(table: string, why: string): CalveError {
  return new CalveError('COMMIT_STATE_UNKNOWN', `The files staged for ${table} are kept: ${why}.`, {
    recovery: 'verify',
    context: { table, why },
  });
}
