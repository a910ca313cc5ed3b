import type { PartitionSpec } from '../spec/partition-spec.ts';
import type { PrimitiveColumnType } from '../spec/primitive-type.ts';
import type { AvroCodec } from './avro-container.ts';
import { decodeAvroFile, encodeAvroFile } from './avro-container.ts';
import type { DatumRecord } from './avro-schema.ts';
import { member, recordOf, requiredMember } from './datum-member.ts';
import { DELETED, existingEntry } from './existing-entry.ts';
import type { ManifestFile } from './manifest-file.ts';
import { DATA_FILE, ENTRY, manifestSchema } from './manifest-schema.ts';
import { partitionValueOfDatum } from './partition-datum.ts';
import { schemaOfVersionTwo } from './version-two.ts';

/** A manifest of which some files leave the table, and what they held. */
export interface RewrittenManifest {
  bytes: Uint8Array;
  /** Counts and the smallest sequence number of what stays; everything else as in the manifest that was read. */
  counts: Pick<
    ManifestFile,
    'addedFiles' | 'existingFiles' | 'deletedFiles' | 'addedRows' | 'existingRows' | 'deletedRows' | 'minSequenceNumber'
  >;
  removed: { path: string; rows: bigint; bytes: bigint; partition: unknown[] }[];
}

/** What is needed beside the manifest itself. */
export interface RewriteManifestParts {
  manifest: ManifestFile;
  /** Its partition spec, with the types of the fields. */
  spec: PartitionSpec;
  types: readonly PrimitiveColumnType[];
  /** Paths that leave the table. */
  paths: ReadonlySet<string>;
  /** Of the commit. */
  snapshotId: bigint;
  sequenceNumber: bigint;
  sync: Uint8Array;
  codec: AvroCodec;
}

/**
 * A manifest without some of its files: they become DELETED entries of the commit, live ones EXISTING entries with the snapshot and the sequence
 * numbers that they have. What another engine wrote about a file is written again as it is, known or not. Entries that were deleted before are left out.
 *
 * @returns `null`: none of the paths is live in it.
 * @throws {CalveError} `ICEBERG_AVRO_INVALID`, `ICEBERG_AVRO_CODEC_UNSUPPORTED`.
 */
export function rewriteManifest(bytes: Uint8Array, parts: RewriteManifestParts): RewrittenManifest | null {
  const { manifest, spec, types, paths, snapshotId } = parts;
  const { metadata, schema, records } = decodeAvroFile(bytes);
  const removed: RewrittenManifest['removed'] = [];
  const counts = { addedFiles: 0, existingFiles: 0, deletedFiles: 0, addedRows: 0n, existingRows: 0n, deletedRows: 0n };
  let minSequenceNumber: bigint | null = null;
  const entries: DatumRecord[] = [];
  for (const datum of records) {
    const entry = recordOf(datum);
    if (requiredMember(entry, ENTRY.status, 'int') === DELETED) continue;
    const file = recordOf(entry[ENTRY.dataFile]);
    const path = requiredMember(file, DATA_FILE.filePath, 'string');
    const rows = requiredMember(file, DATA_FILE.recordCount, 'long');
    const sequenceNumber = member(entry, ENTRY.sequenceNumber, 'long') ?? manifest.sequenceNumber;
    const goes = paths.has(path);
    if (goes) {
      const tuple = recordOf(file[DATA_FILE.partition]);
      const partition = spec.fields.map((field, at) =>
        partitionValueOfDatum(tuple[field['field-id']] ?? null, types[at] as PrimitiveColumnType),
      );
      removed.push({ path, rows, bytes: requiredMember(file, DATA_FILE.fileSizeInBytes, 'long'), partition });
      counts.deletedFiles += 1;
      counts.deletedRows += rows;
    } else {
      counts.existingFiles += 1;
      counts.existingRows += rows;
      if (minSequenceNumber === null || sequenceNumber < minSequenceNumber) minSequenceNumber = sequenceNumber;
    }
    const existing = existingEntry(entry, manifest);
    entries.push(goes ? { ...existing, [ENTRY.status]: DELETED, [ENTRY.snapshotId]: snapshotId } : existing);
  }
  if (removed.length === 0) return null;
  const ours = manifestSchema(spec, types);
  const complete = schemaOfVersionTwo(schema, ours);
  const header = { ...metadata, 'format-version': '2', content: 'data' };
  return {
    bytes: encodeAvroFile(complete, header, entries, parts),
    counts: { ...counts, minSequenceNumber: minSequenceNumber ?? parts.sequenceNumber },
    removed,
  };
}
