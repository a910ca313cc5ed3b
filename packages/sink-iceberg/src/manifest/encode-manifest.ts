import { CalveError } from '@calve/core/plugin';
import type { DataFileDescription } from '../datafile/data-file.ts';
import { exactJsonText } from '../metadata/exact-json.ts';
import { fromHex } from '../spec/hex.ts';
import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import type { PartitionSpec } from '../spec/partition-spec.ts';
import { partitionFieldType } from '../spec/partition-type.ts';
import type { PrimitiveColumnType } from '../spec/primitive-type.ts';
import type { AvroCodec } from './avro-container.ts';
import { encodeAvroFile } from './avro-container.ts';
import type { Datum, DatumRecord } from './avro-schema.ts';
import { summarizePartitions } from './field-summaries.ts';
import type { FieldSummary } from './manifest-file.ts';
import { DATA_FILE, ENTRY, manifestSchema } from './manifest-schema.ts';
import { parsePartitionValue, partitionAvroDatum } from './partition-value.ts';

/** What a manifest of added files is made of. */
export interface ManifestParts {
  /** Current schema of the table, with the columns of this commit. */
  schema: IcebergSchema;
  spec: PartitionSpec;
  /** Of the snapshot that adds the files. */
  snapshotId: bigint;
  /** One or more. */
  files: readonly DataFileDescription[];
  /** 16 random bytes. */
  sync: Uint8Array;
  codec: AvroCodec;
}

/**
 * The bytes of a manifest (format version 2) in which every file is ADDED. Sequence numbers are left out, to be inherited at the
 * commit: the manifest stays valid over all attempts.
 *
 * @throws {CalveError} `INTERNAL`: a partition tuple or a bound does not fit the spec.
 */
export function encodeManifest(parts: ManifestParts): { bytes: Uint8Array; partitions: FieldSummary[] } {
  const { schema, spec, snapshotId, files } = parts;
  const types = spec.fields.map((field) => partitionFieldType(field, schema));
  const metadata = {
    schema: exactJsonText(schema),
    'schema-id': String(schema['schema-id']),
    'partition-spec': JSON.stringify(spec.fields),
    'partition-spec-id': String(spec['spec-id']),
    'format-version': '2',
    content: 'data',
  };
  const records = files.map((file) => entryDatum(file, spec, types, snapshotId));
  const bytes = encodeAvroFile(manifestSchema(spec, types), metadata, records, parts);
  return {
    bytes,
    partitions: summarizePartitions(
      files.map((file) => file.partition),
      types,
    ),
  };
}

const ADDED = 1;
const DATA = 0;

function entryDatum(
  file: DataFileDescription,
  spec: PartitionSpec,
  types: readonly PrimitiveColumnType[],
  snapshotId: bigint,
): DatumRecord {
  if (file.partition.length !== types.length)
    throw new CalveError(
      'INTERNAL',
      `${file.path} has ${file.partition.length} partition values, its spec has ${types.length} fields.`,
    );
  const partition: { [fieldId: number]: Datum } = {};
  for (const [at, field] of spec.fields.entries()) {
    const type = types[at] as PrimitiveColumnType;
    partition[field['field-id']] = partitionAvroDatum(parsePartitionValue(file.partition[at] ?? null, type), type);
  }
  return {
    [ENTRY.status]: ADDED,
    [ENTRY.snapshotId]: snapshotId,
    [ENTRY.dataFile]: {
      [DATA_FILE.content]: DATA,
      [DATA_FILE.filePath]: file.path,
      [DATA_FILE.fileFormat]: 'PARQUET',
      [DATA_FILE.partition]: partition,
      [DATA_FILE.recordCount]: BigInt(file.rows),
      [DATA_FILE.fileSizeInBytes]: BigInt(file.sizeBytes),
      [DATA_FILE.columnSizes]: countMap(file.columnSizes, 117, 118),
      [DATA_FILE.valueCounts]: countMap(file.valueCounts, 119, 120),
      [DATA_FILE.nullValueCounts]: countMap(file.nullCounts, 121, 122),
      [DATA_FILE.nanValueCounts]: countMap(file.nanCounts, 138, 139),
      [DATA_FILE.lowerBounds]: boundMap(file.lowerBounds, 126, 127),
      [DATA_FILE.upperBounds]: boundMap(file.upperBounds, 129, 130),
      [DATA_FILE.splitOffsets]: file.splitOffsets.map(BigInt),
      [DATA_FILE.sortOrderId]: file.sortOrderId ?? 0,
    },
  };
}

function countMap(counts: Record<string, number>, keyId: number, valueId: number): Datum {
  return Object.entries(counts).map(([id, count]) => ({ [keyId]: Number(id), [valueId]: BigInt(count) }));
}

function boundMap(bounds: Record<string, string>, keyId: number, valueId: number): Datum {
  return Object.entries(bounds).map(([id, bound]) => ({
    [keyId]: Number(id),
    [valueId]: fromHex(bound),
  }));
}
