import { avroInvalid } from './avro-bytes.ts';
import type { AvroCodec } from './avro-container.ts';
import { decodeAvroFile, encodeAvroFile } from './avro-container.ts';
import type { Datum, DatumRecord } from './avro-schema.ts';
import { member, recordOf, requiredMember } from './datum-member.ts';
import type { FieldSummary, ManifestFile } from './manifest-file.ts';
import { FIELD_SUMMARY, MANIFEST_FILE, manifestListSchema } from './manifest-list-schema.ts';

/** Header of a manifest list, and how it is written. */
export interface ManifestListParts {
  snapshotId: bigint;
  parentSnapshotId: bigint | null;
  sequenceNumber: bigint;
  /** 16 random bytes. */
  sync: Uint8Array;
  codec: AvroCodec;
}

/** The bytes of a manifest list (format version 2). No manifests are legal: an empty table. */
export function encodeManifestList(manifests: readonly ManifestFile[], parts: ManifestListParts): Uint8Array {
  const metadata = {
    'snapshot-id': String(parts.snapshotId),
    'parent-snapshot-id': parts.parentSnapshotId === null ? 'null' : String(parts.parentSnapshotId),
    'sequence-number': String(parts.sequenceNumber),
    'format-version': '2',
  };
  return encodeAvroFile(manifestListSchema, metadata, manifests.map(manifestDatum), parts);
}

/**
 * The manifests of a list that any engine wrote, in its order. Lists of format version 1 lack sequence numbers, which are 0 then.
 *
 * @throws {CalveError} `ICEBERG_AVRO_INVALID`, `ICEBERG_AVRO_CODEC_UNSUPPORTED`.
 */
export function decodeManifestList(bytes: Uint8Array): ManifestFile[] {
  return decodeAvroFile(bytes).records.map((datum) => {
    const record = recordOf(datum);
    const content = member(record, MANIFEST_FILE.content, 'int') ?? 0;
    const count = (id: number): number => member(record, id, 'int') ?? 0;
    const long = (id: number): bigint => member(record, id, 'long') ?? 0n;
    return {
      path: requiredMember(record, MANIFEST_FILE.path, 'string'),
      length: requiredMember(record, MANIFEST_FILE.length, 'long'),
      specId: count(MANIFEST_FILE.specId),
      content: content === 0 ? 'data' : 'deletes',
      sequenceNumber: long(MANIFEST_FILE.sequenceNumber),
      minSequenceNumber: long(MANIFEST_FILE.minSequenceNumber),
      addedSnapshotId: requiredMember(record, MANIFEST_FILE.addedSnapshotId, 'long'),
      addedFiles: count(MANIFEST_FILE.addedFiles),
      existingFiles: count(MANIFEST_FILE.existingFiles),
      deletedFiles: count(MANIFEST_FILE.deletedFiles),
      addedRows: long(MANIFEST_FILE.addedRows),
      existingRows: long(MANIFEST_FILE.existingRows),
      deletedRows: long(MANIFEST_FILE.deletedRows),
      partitions: summaries(record[MANIFEST_FILE.partitions]),
      keyMetadata: member(record, MANIFEST_FILE.keyMetadata, 'bytes') ?? null,
    };
  });
}

function manifestDatum(manifest: ManifestFile): DatumRecord {
  return {
    [MANIFEST_FILE.path]: manifest.path,
    [MANIFEST_FILE.length]: manifest.length,
    [MANIFEST_FILE.specId]: manifest.specId,
    [MANIFEST_FILE.content]: manifest.content === 'data' ? 0 : 1,
    [MANIFEST_FILE.sequenceNumber]: manifest.sequenceNumber,
    [MANIFEST_FILE.minSequenceNumber]: manifest.minSequenceNumber,
    [MANIFEST_FILE.addedSnapshotId]: manifest.addedSnapshotId,
    [MANIFEST_FILE.addedFiles]: manifest.addedFiles,
    [MANIFEST_FILE.existingFiles]: manifest.existingFiles,
    [MANIFEST_FILE.deletedFiles]: manifest.deletedFiles,
    [MANIFEST_FILE.addedRows]: manifest.addedRows,
    [MANIFEST_FILE.existingRows]: manifest.existingRows,
    [MANIFEST_FILE.deletedRows]: manifest.deletedRows,
    [MANIFEST_FILE.partitions]: manifest.partitions === null ? null : manifest.partitions.map(summaryDatum),
    [MANIFEST_FILE.keyMetadata]: manifest.keyMetadata,
  };
}

function summaryDatum(summary: FieldSummary): DatumRecord {
  return {
    [FIELD_SUMMARY.containsNull]: summary.containsNull,
    [FIELD_SUMMARY.containsNan]: summary.containsNan,
    [FIELD_SUMMARY.lowerBound]: summary.lowerBound,
    [FIELD_SUMMARY.upperBound]: summary.upperBound,
  };
}

function summaries(datum: Datum | undefined): FieldSummary[] | null {
  if (datum === undefined || datum === null) return null;
  if (!Array.isArray(datum)) throw avroInvalid('the partition summaries are not a list');
  return (datum as Datum[]).map((item) => {
    const record = recordOf(item);
    return {
      containsNull: requiredMember(record, FIELD_SUMMARY.containsNull, 'boolean'),
      containsNan: member(record, FIELD_SUMMARY.containsNan, 'boolean') ?? null,
      lowerBound: member(record, FIELD_SUMMARY.lowerBound, 'bytes') ?? null,
      upperBound: member(record, FIELD_SUMMARY.upperBound, 'bytes') ?? null,
    };
  });
}
