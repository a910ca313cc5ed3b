import { readdir } from 'node:fs/promises';
import type { LedgerKey, TableEvidence } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { tableEvidence } from '../commit/evidence.ts';
import { localPath } from '../files/file-uri.ts';
import { mapFileError } from '../files/map-file-error.ts';
import { ManifestMemory } from '../manifest/manifest-memory.ts';
import type { LoadedTable } from './catalog.ts';
import type { Lake } from './lake-home.ts';
import { readMetadataFile } from './metadata-files.ts';
import { missingFile } from './missing-files.ts';

/** Newest files that are tried: one that was never finished, or of another table in this place, may lie above the good one. */
const TRIED = 5;

/** A table as its newest metadata file has it, which bears the evidence of an ingestion. */
export type ForgottenTable = LoadedTable & { evidence: TableEvidence };

/**
 * Looks, where the catalog knows of no table, for an earlier one of the same ingestion that lies there complete: the catalog file was deleted or
 * replaced, or somebody who creates the table is about to tell the catalog.
 *
 * What an unfinished creation left behind is no table: its data files are gone, or were never there.
 *
 * @param location URI of the folder that the table would get.
 * @returns `null`: a table may be created there.
 */
export async function findForgottenTable(location: string, key: LedgerKey): Promise<ForgottenTable | null> {
  const found = await newestWithEvidence(`${location}/metadata`, key);
  return found && (await missingFile(found.metadata, new ManifestMemory())) === null ? found : null;
}

/** Refuses to create a table there: a new one would hide the old rows, and load what can still be saved a second time. */
export function tableForgotten(
  table: string,
  location: string,
  { evidence, metadataLocation }: ForgottenTable,
  { ingestion }: LedgerKey,
  { catalog }: Lake,
): CalveError {
  const commits = evidence.sequence === 1 ? 'one commit' : `${evidence.sequence} commits`;
  return new CalveError(
    'ICEBERG_TABLE_FORGOTTEN',
    `The catalog ${catalog} does not know the table ${table}, but ${localPath(location)} holds its files, with ${commits} of ingestion "${ingestion}": ` +
      `the catalog was deleted or replaced. Nothing was changed. Restore the catalog file from a backup, or register ${localPath(metadataLocation)} in a ` +
      `new one (register_table of PyIceberg); to load everything again, remove that folder and the state, or use another table and another ingestion id.`,
    {
      recovery: {
        kind: 'decide',
        choices: ['restore the catalog', 'register the table', 'load everything into another table under another ingestion id'],
      },
      context: { table, catalog, location, metadataLocation, sequence: evidence.sequence },
    },
  );
}

async function newestWithEvidence(folder: string, key: LedgerKey): Promise<ForgottenTable | null> {
  const names = await metadataNames(localPath(folder));
  for (const name of names.slice(0, TRIED)) {
    try {
      const loaded = await readMetadataFile(`${folder}/${name}`);
      const evidence = tableEvidence(loaded.metadata, key);
      if (evidence) return { ...loaded, evidence };
    } catch (error) {
      // Cut off in the middle, or gone meanwhile: no commit can have pointed to it.
      if (!CalveError.is(error) || !['ICEBERG_METADATA_INVALID', 'ICEBERG_FILE_MISSING'].includes(error.code)) throw error;
    }
  }
  return null;
}

/** Newest first: names begin with a number of equal length. */
async function metadataNames(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => /\.metadata\.json(\.gz)?$/.test(name)).sort((a, b) => (a < b ? 1 : -1));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw mapFileError(error, 'list', folder);
  }
}
