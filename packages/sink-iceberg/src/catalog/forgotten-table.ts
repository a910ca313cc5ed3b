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

/**
 * Refuses to create a table where an earlier one of the same ingestion lies complete and the catalog knows nothing of it: the catalog file was
 * deleted or replaced. A new table would hide the old rows, and load what can still be saved a second time.
 *
 * What an unfinished creation left behind is no table: its data files are gone, or were never there.
 *
 * @param location URI of the folder that the table would get.
 * @throws {CalveError} `ICEBERG_TABLE_FORGOTTEN` (decide).
 */
export async function refuseForgottenTable(table: string, location: string, key: LedgerKey, lake: Lake): Promise<void> {
  const found = await newestWithEvidence(`${location}/metadata`, key);
  if (!found || (await missingFile(found.metadata, new ManifestMemory())) !== null) return;
  const { evidence } = found;
  const folder = localPath(location);
  const commits = evidence.sequence === 1 ? 'one commit' : `${evidence.sequence} commits`;
  throw new CalveError(
    'ICEBERG_TABLE_FORGOTTEN',
    `The catalog ${lake.catalog} does not know the table ${table}, but ${folder} holds its files, with ${commits} of ingestion "${key.ingestion}": ` +
      `the catalog was deleted or replaced. Nothing was changed. Restore the catalog file from a backup, or register ${localPath(found.metadataLocation)} in a ` +
      `new one (register_table of PyIceberg); to load everything again, remove that folder and the state, or use another table and another ingestion id.`,
    {
      recovery: {
        kind: 'decide',
        choices: ['restore the catalog', 'register the table', 'load everything into another table under another ingestion id'],
      },
      context: { table, catalog: lake.catalog, location, metadataLocation: found.metadataLocation, sequence: evidence.sequence },
    },
  );
}

async function newestWithEvidence(folder: string, key: LedgerKey): Promise<(LoadedTable & { evidence: TableEvidence }) | null> {
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
