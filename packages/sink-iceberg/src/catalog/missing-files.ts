import type { LedgerKey } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { fileSize, readWholeFile } from '../files/local-files.ts';
import { decodeManifest } from '../manifest/decode-manifest.ts';
import type { ManifestFile } from '../manifest/manifest-file.ts';
import type { ManifestMemory } from '../manifest/manifest-memory.ts';
import { headOf, snapshotOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { pathOf } from './lake-home.ts';

/** Manifests, and data files, that are looked at, the newest first; and the largest manifest that is read for it. */
const MOST_MANIFESTS = 100;
const MOST_FILES = 100;
const LARGEST_MANIFEST = 8n * 1024n * 1024n;
/** Manifests that are looked at again and again: when a folder is emptied, the newest is gone too. */
const ALWAYS = 1;

/**
 * Looks whether the newest files of a table are there: manifest list, up to 100 manifests and up to 100 data files. A folder
 * that somebody emptied is noticed; one old file that is missing is not, since a table may have millions. For the same reason what was there once is
 * not looked at again by this process, but for the newest manifest.
 *
 * @param memory What this process has seen; it notes what it sees now.
 * @returns The path of the first one that is missing; null: all are there. What is on another machine is not looked at.
 */
export async function missingFile(metadata: TableMetadata, memory: ManifestMemory): Promise<string | null> {
  const head = headOf(metadata);
  if (head === null) return null;
  const list = snapshotOf(metadata, head)['manifest-list'];
  if (await isMissing(list)) return pathOf(list);
  if (pathOf(list) === null) return null;
  const manifests = (await memory.list(list)).toSorted((a, b) => Number(b.sequenceNumber - a.sequenceNumber));
  let left = MOST_FILES;
  for (const [at, manifest] of manifests.slice(0, MOST_MANIFESTS).entries()) {
    if (at >= ALWAYS && memory.hasSeen(manifest)) continue;
    if (await isMissing(manifest.path)) return pathOf(manifest.path);
    memory.see(manifest);
    if (left <= 0 || manifest.length > LARGEST_MANIFEST || pathOf(manifest.path) === null) continue;
    const paths = memory.filesOf(manifest.path) ?? (await liveFilesOf(manifest));
    memory.keepFiles(manifest.path, paths);
    for (const path of paths.slice(0, left)) if (await isMissing(path)) return pathOf(path);
    left -= Math.min(left, paths.length);
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

/**
 * The first files of a manifest, as many as are looked at. What another engine compressed in a way that we cannot read is no reason not to go on:
 * appending does not need it.
 */
async function liveFilesOf(manifest: ManifestFile): Promise<string[]> {
  try {
    const entries = decodeManifest(await readWholeFile(manifest.path), manifest).filter(({ status }) => status !== 'deleted');
    return entries.slice(0, MOST_FILES).map(({ path }) => path);
  } catch (error) {
    if (CalveError.is(error) && error.code === 'ICEBERG_AVRO_CODEC_UNSUPPORTED') return [];
    throw error;
  }
}

async function isMissing(location: string): Promise<boolean> {
  return pathOf(location) !== null && (await fileSize(location)) === null;
}
