import type { DatumRecord } from './avro-schema.ts';
import { member, recordOf } from './datum-member.ts';
import type { ManifestFile } from './manifest-file.ts';
import { DATA_FILE, ENTRY } from './manifest-schema.ts';

/** How an entry stands in its manifest. @see https://iceberg.apache.org/spec/#manifest-entry-fields */
export const [EXISTING, ADDED, DELETED] = [0, 1, 2] as const;

/**
 * A live entry as another manifest carries it on: with the snapshot and the sequence numbers that it has, or inherits from the manifest that it is
 * in, written out.
 */
export function existingEntry(
  entry: DatumRecord,
  manifest: Pick<ManifestFile, 'addedSnapshotId' | 'sequenceNumber'>,
): DatumRecord {
  const file = recordOf(entry[ENTRY.dataFile]);
  return {
    ...entry,
    [ENTRY.status]: EXISTING,
    [ENTRY.snapshotId]: member(entry, ENTRY.snapshotId, 'long') ?? manifest.addedSnapshotId,
    [ENTRY.sequenceNumber]: member(entry, ENTRY.sequenceNumber, 'long') ?? manifest.sequenceNumber,
    [ENTRY.fileSequenceNumber]: member(entry, ENTRY.fileSequenceNumber, 'long') ?? manifest.sequenceNumber,
    [ENTRY.dataFile]: { ...file, [DATA_FILE.content]: member(file, DATA_FILE.content, 'int') ?? 0 },
  };
}
