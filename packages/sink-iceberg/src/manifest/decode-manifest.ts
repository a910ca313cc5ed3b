import { avroInvalid } from './avro-bytes.ts';
import { decodeAvroFile } from './avro-container.ts';
import { member, recordOf, requiredMember } from './datum-member.ts';
import type { IdentityField } from './identity-values.ts';
import { identityValues } from './identity-values.ts';
import type { ManifestEntry } from './manifest-entry.ts';
import type { ManifestFile } from './manifest-file.ts';
import { DATA_FILE, ENTRY } from './manifest-schema.ts';

const statuses = ['existing', 'added', 'deleted'] as const;
const contents = ['data', 'position-deletes', 'equality-deletes'] as const;

/**
 * The entries of a manifest that any engine wrote, deleted ones included, in its order.
 *
 * @param manifest What the manifest list says of it: added entries inherit snapshot and sequence number from there.
 * @param identity Partition fields of the manifest's spec whose values are wanted; default none.
 * @throws {CalveError} `ICEBERG_AVRO_INVALID`, `ICEBERG_AVRO_CODEC_UNSUPPORTED`.
 */
export function decodeManifest(
  bytes: Uint8Array,
  manifest: Pick<ManifestFile, 'sequenceNumber' | 'addedSnapshotId'>,
  identity: readonly IdentityField[] = [],
): ManifestEntry[] {
  return decodeAvroFile(bytes).records.map((datum) => {
    const entry = recordOf(datum);
    const file = recordOf(entry[ENTRY.dataFile]);
    const status = statuses[requiredMember(entry, ENTRY.status, 'int')];
    const content = contents[member(file, DATA_FILE.content, 'int') ?? 0];
    if (!status || !content) throw avroInvalid('an entry has an unknown status or content');
    return {
      status,
      content,
      snapshotId: member(entry, ENTRY.snapshotId, 'long') ?? manifest.addedSnapshotId,
      sequenceNumber: member(entry, ENTRY.sequenceNumber, 'long') ?? manifest.sequenceNumber,
      path: requiredMember(file, DATA_FILE.filePath, 'string'),
      format: requiredMember(file, DATA_FILE.fileFormat, 'string').toUpperCase(),
      rows: requiredMember(file, DATA_FILE.recordCount, 'long'),
      sizeBytes: requiredMember(file, DATA_FILE.fileSizeInBytes, 'long'),
      identity: identity.length === 0 ? new Map() : identityValues(recordOf(file[DATA_FILE.partition]), identity),
    };
  });
}
