import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixtureBytes } from '../../test/read-fixture.ts';
import { decodeManifest } from './decode-manifest.ts';
import { decodeManifestList, encodeManifestList } from './manifest-list.ts';

const folder = new URL('../../test/fixtures/iceberg/', import.meta.url);

function readList(engine: string) {
  const list = readdirSync(new URL(engine, folder)).find((name) => name.startsWith('snap-')) ?? '';
  return decodeManifestList(fixtureBytes(`${engine}/${list}`));
}

function readEntries(engine: string) {
  return readList(engine).flatMap((manifest) =>
    decodeManifest(fixtureBytes(`${engine}/${manifest.path.split('/').at(-1)}`), manifest),
  );
}

describe('manifests of other engines', () => {
  it('of Spark are read, with what was deleted and inherited', () => {
    const list = readList('written-by-spark');
    expect(
      list.map(({ addedFiles, existingFiles, deletedFiles, sequenceNumber, minSequenceNumber, addedSnapshotId }) => ({
        addedFiles,
        existingFiles,
        deletedFiles,
        sequenceNumber,
        minSequenceNumber,
        addedSnapshotId,
      })),
    ).toEqual([
      {
        addedFiles: 1,
        existingFiles: 0,
        deletedFiles: 0,
        sequenceNumber: 2n,
        minSequenceNumber: 2n,
        addedSnapshotId: 2725000612771600113n,
      },
      {
        addedFiles: 0,
        existingFiles: 1,
        deletedFiles: 1,
        sequenceNumber: 3n,
        minSequenceNumber: 1n,
        addedSnapshotId: 8722789011070262724n,
      },
    ]);
    const entries = readEntries('written-by-spark');
    expect(
      entries.map(({ status, sequenceNumber, snapshotId, rows, content, format }) => ({
        status,
        sequenceNumber,
        snapshotId,
        rows,
        content,
        format,
      })),
    ).toEqual([
      { status: 'added', sequenceNumber: 2n, snapshotId: 2725000612771600113n, rows: 1n, content: 'data', format: 'PARQUET' },
      { status: 'existing', sequenceNumber: 1n, snapshotId: 5920367238790667682n, rows: 1n, content: 'data', format: 'PARQUET' },
      { status: 'deleted', sequenceNumber: 1n, snapshotId: 8722789011070262724n, rows: 1n, content: 'data', format: 'PARQUET' },
    ]);
    expect(entries[1]?.path).toContain('/ordered_at_day=2024-02-01/id_bucket=0/');
  });

  it('of PyIceberg are read, decimals among the partition fields', () => {
    expect(
      readEntries('written-by-pyiceberg').map(({ status, sequenceNumber, rows }) => ({ status, sequenceNumber, rows })),
    ).toEqual([
      { status: 'added', sequenceNumber: 2n, rows: 1n },
      { status: 'added', sequenceNumber: 1n, rows: 1n },
      { status: 'added', sequenceNumber: 1n, rows: 1n },
    ]);
  });

  it.each(['written-by-spark', 'written-by-pyiceberg'])('a list %s goes into our next list unchanged', (engine) => {
    const list = readList(engine);
    const ours = encodeManifestList(list, {
      snapshotId: 1n,
      parentSnapshotId: null,
      sequenceNumber: 9n,
      sync: new Uint8Array(16),
      codec: 'deflate',
    });
    expect(decodeManifestList(ours)).toEqual(list);
    expect(list[0]?.partitions?.length).toBeGreaterThan(1);
  });
});
