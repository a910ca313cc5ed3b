import type { LedgerKey } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { fileSize, readWholeFile } from '../files/local-files.ts';
import { decodeManifest } from '../manifest/decode-manifest.ts';
import type { ManifestEntry } from '../manifest/manifest-entry.ts';
import type { ManifestFile } from '../manifest/manifest-file.ts';
import { decodeManifestList } from '../manifest/manifest-list.ts';
import { headOf, snapshotOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { pathOf } from './lake-home.ts';

/** Manifests, and data files, that are looked at, the newest first; and the largest manifest that is read for it. */
const MOST_MANIFESTS = 100;
const MOST_FILES = 100;
const LARGEST_MANIFEST = 8n * 1024n * 1024n;

/**
 * Looks whether the newest files of a table are there: manifest list, up to 100 manifests and up to 100 data files. A folder
 * that somebody emptied is noticed; one old file that is missing is not, since a table may have millions.
 *
 * @returns The path of the first one that is missing; null: all are there. What is on another machine is not looked at.
 */
export async function missingFile(metadata: TableMetadata): Promise<string | null> {
  const head = headOf(metadata);
  if (head === null) return null;
  const list = snapshotOf(metadata, head)['manifest-list'];
  if (await isMissing(list)) return pathOf(list);
  if (pathOf(list) === null) return null;
  const manifests = decodeManifestList(await readWholeFile(list)).sort((a, b) => Number(b.sequenceNumber - a.sequenceNumber));
  let left = MOST_FILES;
  for (const manifest of manifests.slice(0, MOST_MANIFESTS)) {
    if (await isMissing(manifest.path)) return pathOf(manifest.path);
    if (left <= 0 || manifest.length > LARGEST_MANIFEST || pathOf(manifest.path) === null) continue;
    for (const { status, path } of await entriesOf(manifest)) {
      if (status === 'deleted' || left <= 0) continue;
      left -= 1;
      if (await isMissing(path)) return pathOf(path);
    }
  }
  return null;
}

/** The error for a table that nobody can read: more rows in it help nobody, and its loss should not be noticed months later. */
export function damagedTable(path: string, { location }: TableMetadata, table: string, key: LedgerKey): CalveError {
  return new CalveError(
    'ICEBERG_FILE_MISSING',
    `The table ${table} is damaged: its file ${path} is gone, and without it no reader can read the table. Nothing was changed. Restore the folder ` +
      `${pathOf(location) ?? location} from a backup; to load everything again, use another table and another id than "${key.ingestion}".`,
    {
      recovery: {
        kind: 'decide',
        choices: ['restore the files', 'load everything into another table under another ingestion id'],
      },
      context: { table, path, location },
    },
  );
}

/** What another engine compressed in a way that we cannot read is no reason not to go on: appending does not need it. */
async function entriesOf(manifest: ManifestFile): Promise<ManifestEntry[]> {
  try {
    return decodeManifest(await readWholeFile(manifest.path), manifest);
  } catch (error) {
    if (CalveError.is(error) && error.code === 'ICEBERG_AVRO_CODEC_UNSUPPORTED') return [];
    throw error;
  }
}

async function isMissing(location: string): Promise<boolean> {
  return pathOf(location) !== null && (await fileSize(location)) === null;
}
