import { describe, expect, it } from 'vitest';
import { fixtureJson } from '../../test/read-fixture.ts';
import type { DataFileDescription } from '../datafile/data-file.ts';
import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import type { PartitionField } from '../spec/partition-spec.ts';
import { decodeAvroFile } from './avro-container.ts';
import type { AvroField, AvroRecord, AvroSchema, Datum, DatumRecord } from './avro-schema.ts';
import { encodeManifest } from './encode-manifest.ts';
import { decodeManifestList, encodeManifestList } from './manifest-list.ts';

interface Golden {
  metadata: Record<string, string>;
  'avro.schema': AvroRecord;
  records: GoldenEntry[];
}
type GoldenMap = { key: number; value: number | { hex: string } }[];
interface GoldenEntry {
  status: number;
  snapshot_id: number;
  data_file: Record<string, unknown> & {
    file_path: string;
    partition: Record<string, string | number | null>;
    record_count: number;
    file_size_in_bytes: number;
    split_offsets: number[];
  };
}

const golden = fixtureJson<Golden>('pyiceberg-manifest-2.json');
const schema = JSON.parse(golden.metadata['schema'] ?? '') as IcebergSchema;
const spec = { 'spec-id': 0, fields: JSON.parse(golden.metadata['partition-spec'] ?? '') as PartitionField[] };
const DAY = 86_400_000;

/** A golden entry as our writer would have described its file. */
function describeFile({ data_file }: GoldenEntry): DataFileDescription {
  const counts = (name: string) =>
    Object.fromEntries((data_file[name] as GoldenMap).map(({ key, value }) => [key, value])) as Record<string, number>;
  const bounds = (name: string) =>
    Object.fromEntries((data_file[name] as GoldenMap).map(({ key, value }) => [key, (value as { hex: string }).hex]));
  const { ordered_at_day: day, id_bucket: bucket } = data_file.partition;
  return {
    path: data_file.file_path,
    sizeBytes: data_file.file_size_in_bytes,
    rows: data_file.record_count,
    specId: 0,
    partition: [typeof day === 'string' ? Date.parse(day) / DAY : (day ?? null), bucket ?? null],
    columnSizes: counts('column_sizes'),
    valueCounts: counts('value_counts'),
    nullCounts: counts('null_value_counts'),
    nanCounts: counts('nan_value_counts'),
    lowerBounds: bounds('lower_bounds'),
    upperBounds: bounds('upper_bounds'),
    splitOffsets: data_file.split_offsets,
  };
}

/** Records by field name, bytes as hex, as the goldens are kept. */
function named(datum: Datum | undefined, type: AvroSchema): unknown {
  if (Array.isArray(type)) return datum === null ? null : named(datum, (type as AvroSchema[])[1] as AvroSchema);
  if (typeof type === 'object' && 'fields' in type)
    return Object.fromEntries(
      type.fields.map((field: AvroField) => [field.name, named((datum as DatumRecord)[field['field-id'] ?? -1], field.type)]),
    );
  if (typeof type === 'object' && 'items' in type) return (datum as Datum[]).map((item) => named(item, type.items));
  if (datum instanceof Uint8Array) return { hex: Buffer.from(datum).toString('hex') };
  return typeof datum === 'bigint' ? Number(datum) : datum;
}

const encoded = encodeManifest({
  schema,
  spec,
  snapshotId: 8470031399302604993n,
  files: golden.records.map(describeFile),
  sync: new Uint8Array(16),
  codec: 'deflate',
});

describe('encodeManifest', () => {
  it('writes the entries that PyIceberg wrote for the same files', () => {
    const { records, schema: written } = decodeAvroFile(encoded.bytes);
    const ours = records.map((record) => named(record, written)) as GoldenEntry[];
    expect(ours).toHaveLength(golden.records.length);
    for (const [at, entry] of ours.entries()) {
      const wanted = golden.records[at] as GoldenEntry;
      const { partition, sort_order_id, referenced_data_file, ...file } = entry.data_file;
      const { partition: wantedPartition, sort_order_id: _sort, ...wantedFile } = wanted.data_file;
      expect(file).toEqual(Object.fromEntries(Object.entries(wantedFile).filter(([name]) => name in file)));
      expect(Object.keys(file).length).toBeGreaterThan(12);
      expect(partition['id_bucket']).toBe(wantedPartition['id_bucket']);
      expect({ ...entry, data_file: null }).toEqual({ ...wanted, data_file: null });
      expect([sort_order_id, referenced_data_file]).toEqual([0, null]);
    }
  });

  it('writes the header that the specification asks for', () => {
    const { metadata } = decodeAvroFile(encoded.bytes);
    expect(JSON.parse(metadata['schema'] ?? '')).toEqual(schema);
    expect(metadata['schema-id']).toBe('0');
    expect(JSON.parse(metadata['partition-spec'] ?? '')).toEqual(spec.fields);
    expect(metadata).toMatchObject({ 'partition-spec-id': '0', 'format-version': '2', content: 'data' });
  });

  it('leaves sequence numbers to be inherited', () => {
    const { records } = decodeAvroFile(encoded.bytes);
    for (const record of records) expect(record).toMatchObject({ 0: 1, 1: 8470031399302604993n, 3: null, 4: null });
  });

  it('sums up the partitions as PyIceberg did', () => {
    const list = fixtureJson<{
      records: { partitions: { contains_null: boolean; lower_bound: { hex: string }; upper_bound: { hex: string } }[] }[];
    }>('pyiceberg-manifest-list-3.json');
    const hex = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('hex');
    expect(
      encoded.partitions.map((summary) => [
        summary.containsNull,
        summary.containsNan,
        hex(summary.lowerBound),
        hex(summary.upperBound),
      ]),
    ).toEqual(
      list.records[0]?.partitions.map((summary) => [
        summary.contains_null,
        false,
        summary.lower_bound.hex,
        summary.upper_bound.hex,
      ]),
    );
  });

  it('refuses a tuple that does not fit the spec', () => {
    const file = describeFile(golden.records[0] as GoldenEntry);
    const encode = (partition: DataFileDescription['partition']) => () =>
      encodeManifest({ schema, spec, snapshotId: 1n, files: [{ ...file, partition }], sync: new Uint8Array(16), codec: 'null' });
    for (const partition of [[1], [1, 'text'], ['2024-01-01', 1], [1.5, 1]])
      expect(encode(partition)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });
});

describe('encodeManifestList', () => {
  it('writes a header also when there is no manifest', () => {
    const bytes = encodeManifestList([], {
      snapshotId: 7123456789012345679n,
      parentSnapshotId: null,
      sequenceNumber: 1n,
      sync: new Uint8Array(16),
      codec: 'deflate',
    });
    expect(decodeManifestList(bytes)).toEqual([]);
    expect(decodeAvroFile(bytes).metadata).toEqual({
      'snapshot-id': '7123456789012345679',
      'parent-snapshot-id': 'null',
      'sequence-number': '1',
      'format-version': '2',
    });
  });
});
