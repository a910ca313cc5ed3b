import { describe, expect, it } from 'vitest';
import type { DataFileDescription } from '../datafile/data-file.ts';
import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import { decodeAvroFile, encodeAvroFile } from './avro-container.ts';
import type { AvroField, AvroRecord, DatumRecord } from './avro-schema.ts';
import { decodeManifest } from './decode-manifest.ts';
import { encodeManifest } from './encode-manifest.ts';
import type { ManifestFile } from './manifest-file.ts';
import { DATA_FILE, ENTRY } from './manifest-schema.ts';
import { rewriteManifest } from './rewrite-manifest.ts';

const schema: IcebergSchema = { type: 'struct', 'schema-id': 0, fields: [{ id: 1, name: 'day', required: false, type: 'date' }] };
const spec = { 'spec-id': 0, fields: [{ 'source-id': 1, 'field-id': 1000, transform: 'identity', name: 'day' }] };
const sync = new Uint8Array(16);
const types = [{ kind: 'date' as const }];

function file(path: string, day: number): DataFileDescription {
  const counts = { columnSizes: {}, valueCounts: {}, nullCounts: {}, nanCounts: {} };
  const bounds = { lowerBounds: { 1: '01000000' }, upperBounds: { 1: '02000000' } };
  return { path, sizeBytes: 100 + day, rows: day, specId: 0, partition: [day], ...counts, ...bounds, splitOffsets: [4] };
}

const files = [file('a', 1), file('b', 2), file('c', 3)];
const original = encodeManifest({ schema, spec, snapshotId: 7n, files, sync, codec: 'null' }).bytes;
const listed = { path: 'm', sequenceNumber: 5n, addedSnapshotId: 7n, specId: 0, content: 'data' } as ManifestFile;
const rewrite = (bytes: Uint8Array, ...paths: string[]) =>
  rewriteManifest(bytes, {
    ...{
      manifest: listed,
      spec,
      types,
      paths: new Set(paths),
      snapshotId: 9n,
      sequenceNumber: 6n,
      sync,
      codec: 'deflate' as const,
    },
  });

describe('rewriteManifest', () => {
  it('lets files go as DELETED, and keeps the others with their snapshot and their sequence numbers', () => {
    const rewritten = rewrite(original, 'b', 'elsewhere')!;
    expect(rewritten.removed).toEqual([{ path: 'b', rows: 2n, bytes: 102n, partition: [2] }]);
    expect(rewritten.counts).toEqual({
      ...{ addedFiles: 0, existingFiles: 2, deletedFiles: 1, addedRows: 0n, existingRows: 4n, deletedRows: 2n },
      minSequenceNumber: 5n,
    });
    const later = { sequenceNumber: 6n, addedSnapshotId: 9n };
    expect(
      decodeManifest(rewritten.bytes, later).map(({ path, status, snapshotId, sequenceNumber }) => [
        path,
        status,
        snapshotId,
        sequenceNumber,
      ]),
    ).toEqual([
      ['a', 'existing', 7n, 5n],
      ['b', 'deleted', 9n, 5n],
      ['c', 'existing', 7n, 5n],
    ]);
  });

  it('leaves out what was deleted before, and all of it may go', () => {
    const twice = rewrite(rewrite(original, 'b')!.bytes, 'a', 'c')!;
    expect(twice.counts).toMatchObject({ existingFiles: 0, deletedFiles: 2, minSequenceNumber: 6n });
    expect(decodeManifest(twice.bytes, { sequenceNumber: 6n, addedSnapshotId: 9n }).map(({ path }) => path)).toEqual(['a', 'c']);
  });

  it('is nothing where none of the files is live', () => {
    expect(rewrite(original, 'elsewhere')).toBeNull();
    expect(rewrite(rewrite(original, 'b')!.bytes, 'b')).toBeNull();
  });

  it('keeps what another engine wrote about a file, known to us or not', () => {
    const { metadata, schema: ours, records } = decodeAvroFile(original);
    const foreign = (field: AvroField): AvroField =>
      field['field-id'] === ENTRY.dataFile
        ? {
            ...field,
            type: {
              ...(field.type as AvroRecord),
              fields: [
                ...(field.type as AvroRecord).fields,
                { name: 'of_theirs', type: ['null', 'string'], default: null, 'field-id': 9999 },
              ],
            },
          }
        : field;
    const theirs = { ...(ours as AvroRecord), fields: (ours as AvroRecord).fields.map(foreign) };
    const told = records.map((record) => {
      const entry = record as DatumRecord;
      return { ...entry, [ENTRY.dataFile]: { ...(entry[ENTRY.dataFile] as DatumRecord), 9999: 'kept' } };
    });
    const bytes = encodeAvroFile(theirs, metadata, told, { sync, codec: 'null' });
    const kept = decodeAvroFile(rewrite(bytes, 'b')!.bytes).records.map(
      (record) => (record as DatumRecord)[ENTRY.dataFile] as DatumRecord,
    );
    expect(kept.map((entry) => entry[9999])).toEqual(['kept', 'kept', 'kept']);
    const before = decodeAvroFile(bytes).records.map((record) => (record as DatumRecord)[ENTRY.dataFile] as DatumRecord);
    expect(kept).toEqual(before);
  });

  it('gives a manifest of format version 1 the fields that version 2 has', () => {
    const { metadata, schema: ours, records } = decodeAvroFile(original);
    const old = (fields: readonly AvroField[], ids: readonly number[]): AvroField[] =>
      fields.filter((field) => !ids.includes(field['field-id'] ?? -1));
    const fields = old((ours as AvroRecord).fields, [ENTRY.sequenceNumber, ENTRY.fileSequenceNumber]).map((field) =>
      field['field-id'] === ENTRY.dataFile
        ? {
            ...field,
            type: { ...(field.type as AvroRecord), fields: old((field.type as AvroRecord).fields, [DATA_FILE.content]) },
          }
        : field,
    );
    const bytes = encodeAvroFile({ ...(ours as AvroRecord), fields }, { ...metadata, 'format-version': '1' }, records, {
      sync,
      codec: 'null',
    });
    const rewritten = rewriteManifest(bytes, {
      ...{
        manifest: { ...listed, sequenceNumber: 0n },
        spec,
        types,
        paths: new Set(['b']),
        snapshotId: 9n,
        sequenceNumber: 6n,
        sync,
      },
      codec: 'null',
    })!;
    const { metadata: header } = decodeAvroFile(rewritten.bytes);
    expect(header).toMatchObject({ 'format-version': '2', content: 'data' });
    expect(decodeManifest(rewritten.bytes, { sequenceNumber: 6n, addedSnapshotId: 9n })).toMatchObject([
      { path: 'a', content: 'data', sequenceNumber: 0n },
      { path: 'b', status: 'deleted' },
      { path: 'c', content: 'data', sequenceNumber: 0n },
    ]);
  });
});
