import type { PartitionValue } from '../datafile/data-file.ts';
import type { PartitionSpec } from '../spec/partition-spec.ts';
import type { PrimitiveColumnType } from '../spec/primitive-type.ts';
import type { AvroCodec, OpenAvroFile } from './avro-container.ts';
import { encodeAvroFile } from './avro-container.ts';
import type { Datum, DatumRecord } from './avro-schema.ts';
import { recordOf, requiredMember } from './datum-member.ts';
import { DELETED, existingEntry } from './existing-entry.ts';
import { summarizePartitions } from './field-summaries.ts';
import type { FieldSummary, ManifestFile } from './manifest-file.ts';
import { DATA_FILE, ENTRY, manifestSchema } from './manifest-schema.ts';
import { partitionValueOfDatum } from './partition-datum.ts';
import { schemaOfVersionTwo } from './version-two.ts';

/** One manifest of several that become one. */
export interface MergeSource {
  manifest: ManifestFile;
  file: OpenAvroFile;
}

/** What is needed beside the manifests. */
export interface MergeParts {
  /** The partition spec of all of them, with the types of its fields. */
  spec: PartitionSpec;
  types: readonly PrimitiveColumnType[];
  /** 16 random bytes. */
  sync: Uint8Array;
  codec: AvroCodec;
}

/** A manifest with the live files of others. */
export interface MergedManifest {
  bytes: Uint8Array;
  existingFiles: number;
  existingRows: bigint;
  minSequenceNumber: bigint;
  partitions: FieldSummary[];
}

/**
 * One manifest in the place of several: every live file is an EXISTING entry with the snapshot and the sequence numbers that it has, so nothing about
 * it changes for a reader. Files that were deleted before are left out. What any engine wrote about a file is written again as it is. Entries are read
 * and written one by one.
 *
 * @param sources Manifests of data files, one or more, all written with one Avro schema, the newest first: its header is taken.
 * @returns `null`: no file is live in any of them.
 * @throws {CalveError} `ICEBERG_AVRO_INVALID`.
 * @see https://iceberg.apache.org/spec/#manifests
 */
export function mergeManifests(sources: readonly MergeSource[], { spec, types, sync, codec }: MergeParts): MergedManifest | null {
  const newest = sources[0] as MergeSource;
  const merged = { existingFiles: 0, existingRows: 0n };
  let minSequenceNumber: bigint | null = null;
  const tuples = new Map<string, PartitionValue[]>();
  function* entries(): Generator<Datum> {
    for (const { manifest, file } of sources) {
      for (const datum of file.records) {
        const entry = recordOf(datum);
        if (requiredMember(entry, ENTRY.status, 'int') === DELETED) continue;
        const existing = existingEntry(entry, manifest);
        const described = recordOf(existing[ENTRY.dataFile]);
        merged.existingFiles += 1;
        merged.existingRows += requiredMember(described, DATA_FILE.recordCount, 'long');
        const sequenceNumber = requiredMember(existing, ENTRY.sequenceNumber, 'long');
        if (minSequenceNumber === null || sequenceNumber < minSequenceNumber) minSequenceNumber = sequenceNumber;
        const tuple = partitionOf(described, spec, types);
        tuples.set(JSON.stringify(tuple), tuple);
        yield existing;
      }
    }
  }
  const header = { ...newest.file.metadata, 'format-version': '2', content: 'data' };
  const schema = schemaOfVersionTwo(newest.file.schema, manifestSchema(spec, types));
  const bytes = encodeAvroFile(schema, header, entries(), { sync, codec });
  if (minSequenceNumber === null) return null;
  return { ...merged, bytes, minSequenceNumber, partitions: summarizePartitions([...tuples.values()], types) };
}

function partitionOf(file: DatumRecord, spec: PartitionSpec, types: readonly PrimitiveColumnType[]): PartitionValue[] {
  if (spec.fields.length === 0) return [];
  const tuple = recordOf(file[DATA_FILE.partition]);
  return spec.fields.map((field, at) =>
    partitionValueOfDatum(tuple[field['field-id']] ?? null, types[at] as PrimitiveColumnType),
  );
}
