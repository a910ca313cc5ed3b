import { gunzipSync } from 'node:zlib';
import type { Environment } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { deleteFile, readWholeFile, writeFileOnce } from '../files/local-files.ts';
import { metadataText } from '../metadata/metadata-text.ts';
import { parseTableMetadata } from '../metadata/parse-metadata.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { randomUuid } from '../spec/random-ids.ts';
import type { LoadedTable } from './catalog.ts';

const MAXIMUM_TEXT_BYTES = 1024 * 1024 * 1024;

/**
 * Reads a metadata file, also a compressed one (`.gz.metadata.json`, `.metadata.json.gz`).
 *
 * @throws {CalveError} `ICEBERG_FILE_MISSING`, `ICEBERG_METADATA_INVALID`, `ICEBERG_FORMAT_VERSION_UNSUPPORTED`.
 */
export async function readMetadataFile(metadataLocation: string): Promise<LoadedTable> {
  const stored = await readWholeFile(metadataLocation);
  const compressed = /\.gz(\.metadata\.json)?$/.test(metadataLocation);
  let bytes = stored;
  try {
    if (compressed) bytes = gunzipSync(stored, { maxOutputLength: MAXIMUM_TEXT_BYTES });
  } catch (cause) {
    throw new CalveError('ICEBERG_METADATA_INVALID', `The metadata file ${metadataLocation} cannot be decompressed.`, {
      context: { location: metadataLocation },
      cause,
    });
  }
  return { metadataLocation, metadata: parseTableMetadata(new TextDecoder().decode(bytes), metadataLocation) };
}

/** Writes the next metadata file of a table under a new name; durable when resolved. */
export async function writeMetadataFile(
  metadata: TableMetadata,
  previous: string | null,
  environment: Environment,
): Promise<string> {
  const name = `${nextVersion(previous)}-${randomUuid(environment)}.metadata.json`;
  const location = `${metadataFolder(metadata)}/${name}`;
  await writeFileOnce(location, new TextEncoder().encode(metadataText(metadata)));
  return location;
}

/**
 * Deletes the metadata files that a commit took off the table's log, where the table says so (`write.metadata.delete-after-commit.enabled`). For a
 * commit that surely was applied: the files are listed nowhere any more. One that cannot be deleted stays and does no harm.
 *
 * @see https://iceberg.apache.org/docs/1.10.0/maintenance/#remove-old-metadata-files
 */
export async function deleteUnlisted(before: TableMetadata | null, after: TableMetadata): Promise<void> {
  if (after.properties?.['write.metadata.delete-after-commit.enabled'] !== 'true') return;
  const listed = new Set(after['metadata-log']?.map((entry) => entry['metadata-file']));
  const unlisted = (before?.['metadata-log'] ?? []).filter((entry) => !listed.has(entry['metadata-file']));
  await Promise.allSettled(unlisted.map((entry) => deleteFile(entry['metadata-file'])));
}

/** URI of the folder of a table's metadata, manifests and manifest lists. */
export function metadataFolder(metadata: Pick<TableMetadata, 'location' | 'properties'>): string {
  return metadata.properties?.['write.metadata.path']?.replace(/\/+$/, '') ?? `${metadata.location.replace(/\/+$/, '')}/metadata`;
}

/** URI of the folder of a table's data files. */
export function dataFolder(metadata: Pick<TableMetadata, 'location' | 'properties'>): string {
  return metadata.properties?.['write.data.path']?.replace(/\/+$/, '') ?? `${metadata.location.replace(/\/+$/, '')}/data`;
}

/** Versions count from 00000; a file whose name has none is followed by 00000 as well. */
function nextVersion(previous: string | null): string {
  const version = previous === null ? null : /(?:^|\/)v?(\d+)(?:-[^/]*)?\.(?:gz\.)?metadata\.json(?:\.gz)?$/.exec(previous);
  return String(version ? Number(version[1]) + 1 : 0).padStart(5, '0');
}
