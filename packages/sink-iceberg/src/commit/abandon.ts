import type { CommitIntent } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { Catalog } from '../catalog/catalog.ts';
import { deleteFile } from '../files/local-files.ts';
import { parseIdentifier } from '../spec/table-identifier.ts';
import { tableEvidence } from './evidence.ts';
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
  const evidence = loaded === 'absent' ? null : tableEvidence(loaded.metadata, intent.key);
  if (evidence?.sequence === intent.sequence && evidence.commitId === intent.commitId)
    throw kept(target.table, 'the table holds this commit');
  for (const file of stagedFiles(journaled)) await deleteFile(file.path);
}

function kept(table: string, why: string): CalveError {
  return new CalveError('COMMIT_STATE_UNKNOWN', `The files staged for ${table} are kept: ${why}.`, {
    recovery: 'verify',
    context: { table, why },
  });
}
