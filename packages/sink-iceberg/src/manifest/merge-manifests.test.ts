import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataFileDescription } from '../datafile/data-file.ts';
import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import { decodeAvroFile, openAvroFile } from './avro-container.ts';
import type { DatumRecord } from './avro-schema.ts';
import { decodeManifest } from './decode-manifest.ts';
import { encodeManifest } from './encode-manifest.ts';
import type { ManifestFile } from './manifest-file.ts';
import { ENTRY } from './manifest-schema.ts';
import { mergeManifests } from './merge-manifests.ts';
import { rewriteManifest } from './rewrite-manifest.ts';

const schema: IcebergSchema = { type: 'struct', 'schema-id': 0, fields: [{ id: 1, name: 'day', required: false, type: 'date' }] };
const spec = { 'spec-id': 0, fields: [{ 'source-id': 1, 'field-id': 1000, transform: 'identity', name: 'day' }] };
const types = [{ kind: 'date' as const }];
const sync = new Uint8Array(16);
const written = { spec, types, sync, codec: 'deflate' as const };

interface Written {
  manifest: ManifestFile;
  bytes: Uint8Array;
}

function file(path: string, day: number | null): DataFileDescription {
  const counts = { columnSizes: { 1: 9 }, valueCounts: { 1: 2 }, nullCounts: {}, nanCounts: {} };
  const bounds = { lowerBounds: { 1: '01000000' }, upperBounds: { 1: '02000000' } };
  return { path, sizeBytes: 100, rows: 1 + path.length, specId: 0, partition: [day], ...counts, ...bounds, splitOffsets: [4] };
}

function added(sequence: number, files: DataFileDescription[]): Written {
  const snapshotId = BigInt(1000 + sequence);
  const { bytes } = encodeManifest({ schema, spec, snapshotId, files, sync, codec: 'deflate' });
  const manifest = {
    path: `m${sequence}`,
    specId: 0,
    content: 'data',
    sequenceNumber: BigInt(sequence),
    addedSnapshotId: snapshotId,
  };
  return { manifest: manifest as ManifestFile, bytes };
}

/** The same manifest after a commit took files out of it. */
function without(one: Written, paths: readonly string[]): Written {
  const [snapshotId, sequenceNumber] = [5000n, 500n];
  const parts = { ...written, manifest: one.manifest, paths: new Set(paths), snapshotId, sequenceNumber };
  const rewritten = rewriteManifest(one.bytes, parts);
  if (rewritten === null) return one;
  return { bytes: rewritten.bytes, manifest: { ...one.manifest, sequenceNumber, addedSnapshotId: snapshotId } };
}

const sources = (manifests: readonly Written[]) =>
  manifests.map(({ manifest, bytes }) => ({ manifest, file: openAvroFile(bytes) }));
const live = ({ manifest, bytes }: Written) =>
  decodeManifest(bytes, manifest, [])
    .filter(({ status }) => status !== 'deleted')
    .map(({ status: _status, ...entry }) => entry);

describe('mergeManifests', () => {
  it('keeps every live file with its snapshot and its sequence numbers, and nothing that was deleted', () => {
    const lists = fc.array(fc.array(fc.option(fc.integer({ min: 0, max: 50 })), { minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(lists, fc.array(fc.boolean(), { minLength: 36, maxLength: 36 }), (days, isGone) => {
        let count = 0;
        const manifests = days.map((list, at) => {
          const files = list.map((day) => file(`file-${count++}`, day));
          return without(
            added(at + 1, files),
            files.map(({ path }) => path).filter((path) => isGone[Number(path.slice(5)) % 36]),
          );
        });
        const before = manifests.flatMap(live);
        const merged = mergeManifests(sources(manifests), written);
        if (merged === null) {
          expect(before).toEqual([]);
          return;
        }
        const later = { sequenceNumber: 900n, addedSnapshotId: 9000n };
        expect(live({ manifest: later as ManifestFile, bytes: merged.bytes })).toEqual(before);
        expect(merged.existingFiles).toBe(before.length);
        expect(merged.existingRows).toBe(before.reduce((sum, { rows }) => sum + rows, 0n));
        const numbers = before.map(({ sequenceNumber }) => sequenceNumber);
        expect(merged.minSequenceNumber).toBe(numbers.toSorted((a, b) => Number(a - b))[0]);
      }),
    );
  });

  it('says which partitions it holds, and writes all numbers out: none is inherited from the commit that merges', () => {
    const merged = mergeManifests(sources([added(2, [file('b', 7)]), added(1, [file('a', null), file('c', 3)])]), written);
    expect(merged?.partitions).toEqual([
      { containsNull: true, containsNan: false, lowerBound: Uint8Array.of(3, 0, 0, 0), upperBound: Uint8Array.of(7, 0, 0, 0) },
    ]);
    const { records, metadata } = decodeAvroFile(merged?.bytes ?? new Uint8Array());
    expect(metadata).toMatchObject({ 'format-version': '2', content: 'data', 'partition-spec-id': '0' });
    const entries = records.map((record) => record as DatumRecord);
    expect(entries.map((entry) => [entry[ENTRY.status], entry[ENTRY.snapshotId], entry[ENTRY.sequenceNumber]])).toEqual([
      [0, 1002n, 2n],
      [0, 1001n, 1n],
      [0, 1001n, 1n],
    ]);
    expect(entries.map((entry) => entry[ENTRY.fileSequenceNumber])).toEqual([2n, 1n, 1n]);
  });

  it('is nothing where no file is live', () => {
    expect(mergeManifests(sources([without(added(1, [file('a', 1)]), ['a'])]), written)).toBeNull();
  });
});
