import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../test/read-fixture.ts';
import { parseTableMetadata } from '../metadata/parse-metadata.ts';
import { reduceMetadata } from '../metadata/reduce-metadata.ts';
import { headOf, snapshotOf } from '../metadata/select.ts';
import type { AppendParts } from './append.ts';
import { planAppend } from './append.ts';
import { snapshotSummary } from './snapshot-summary.ts';

const empty = parseTableMetadata(fixtureText('pyiceberg-00000.metadata.json'), 'golden');
const table = parseTableMetadata(fixtureText('pyiceberg-00001.metadata.json'), 'golden');
const next = parseTableMetadata(fixtureText('pyiceberg-00002.metadata.json'), 'golden');

const parts: AppendParts = {
  snapshotId: 7_123_456_789_012_345_679n,
  addition: { files: 3, rows: 3n, bytes: 6199n, partitions: 3 },
  manifest: { path: 'file:///t/metadata/m0.avro', length: 100, specId: 0, partitions: [] },
  kept: [],
  manifestList: 'file:///t/metadata/snap.avro',
  summary: { 'ingest.sequence': '1' },
  updates: [{ action: 'set-properties' as const, updates: { 'ingest.test.orders': '{}' } }],
  nowMilliseconds: 5n,
};

describe('planAppend', () => {
  it('gives the snapshot that PyIceberg gave for the same files', () => {
    const { updates } = planAppend(table, { ...parts, summary: {} });
    const wanted = next.snapshots?.at(-1);
    expect(updates[0]).toMatchObject({
      action: 'add-snapshot',
      snapshot: {
        'sequence-number': 2n,
        'parent-snapshot-id': wanted?.['parent-snapshot-id'],
        summary: wanted?.summary,
        'schema-id': 0,
      },
    });
  });

  it('asserts the table and its head, and moves branch and evidence in the same commit', () => {
    const { requirements, updates, parent } = planAppend(table, parts);
    expect(requirements).toEqual([
      { type: 'assert-table-uuid', uuid: table['table-uuid'] },
      { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': headOf(table) },
    ]);
    expect(parent).toBe(headOf(table));
    const committed = reduceMetadata(table, updates, 0n);
    expect(headOf(committed)).toBe(parts.snapshotId);
    expect(committed.properties).toMatchObject({ 'ingest.test.orders': '{}', ...table.properties });
    expect(snapshotOf(committed, parts.snapshotId).summary['ingest.sequence']).toBe('1');
  });

  it('puts its manifest before those of the head, which stay as they are', () => {
    const kept = [{ path: 'kept' } as AppendParts['kept'][number]];
    const { manifests, sequenceNumber } = planAppend(table, { ...parts, kept });
    expect(manifests.map((manifest) => manifest.path)).toEqual(['file:///t/metadata/m0.avro', 'kept']);
    expect(manifests[0]).toMatchObject({
      sequenceNumber,
      minSequenceNumber: sequenceNumber,
      addedFiles: 3,
      addedRows: 3n,
      addedSnapshotId: parts.snapshotId,
    });
    expect(manifests[1]).toBe(kept[0]);
  });

  it('adds no manifest for an append without files', () => {
    const { manifests, updates } = planAppend(table, {
      ...parts,
      manifest: null,
      addition: { files: 0, rows: 0n, bytes: 0n, partitions: 0 },
    });
    expect(manifests).toEqual([]);
    expect(updates[0]).toMatchObject({ snapshot: { summary: { 'added-data-files': '0', 'total-records': '6' } } });
  });

  it('has no parent in a table without snapshots, and totals from zero', () => {
    const { updates, parent } = planAppend(empty, parts);
    expect(parent).toBeNull();
    expect(updates[0]).not.toHaveProperty('snapshot.parent-snapshot-id');
    expect(updates[0]).toMatchObject({
      snapshot: { summary: { 'total-records': '3', 'total-data-files': '3', 'total-delete-files': '0' } },
    });
  });

  it('never dates a snapshot before the table, when the clock is behind', () => {
    const [first] = planAppend(table, parts).updates;
    expect(first).toMatchObject({ snapshot: { 'timestamp-ms': table['last-updated-ms'] } });
  });
});

describe('snapshotSummary', () => {
  it('leaves a total out that the head does not have', () => {
    const head = headOf(table) as bigint;
    const poor = {
      ...table,
      snapshots: [
        { ...snapshotOf(table, head), summary: { operation: 'append', 'total-records': '6', 'total-data-files': 'many' } },
      ],
    };
    const summary = snapshotSummary(poor, parts.addition, null, {});
    expect(summary['total-records']).toBe('9');
    expect(Object.keys(summary).filter((name) => name.startsWith('total-'))).toEqual(['total-records']);
  });

  it('adds beyond what a double can count', () => {
    const head = headOf(table) as bigint;
    const vast = {
      ...table,
      snapshots: [{ ...snapshotOf(table, head), summary: { operation: 'append', 'total-records': '9007199254740993' } }],
    };
    expect(snapshotSummary(vast, parts.addition, null, {})['total-records']).toBe('9007199254740996');
  });
});
