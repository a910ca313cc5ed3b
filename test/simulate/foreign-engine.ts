import type { Environment } from '@calve/core/plugin';
import type { SimulatedCommit, SimulatedOutcome, SimulatedTable } from '@calve/testkit';
// The tools of the sink serve other engines here, since all that matters is what lies in the table afterwards.
import { stageManifest } from '../../packages/sink-iceberg/src/commit/staged-manifest.ts';
import type { DataFileDescription } from '../../packages/sink-iceberg/src/datafile/data-file.ts';
import { deleteFile, readWholeFile, writeFileOnce } from '../../packages/sink-iceberg/src/files/local-files.ts';
import { decodeManifest } from '../../packages/sink-iceberg/src/manifest/decode-manifest.ts';
import type { ManifestFile } from '../../packages/sink-iceberg/src/manifest/manifest-file.ts';
import { decodeManifestList, encodeManifestList } from '../../packages/sink-iceberg/src/manifest/manifest-list.ts';
import { ancestry, headOf, snapshotOf } from '../../packages/sink-iceberg/src/metadata/select.ts';
import type { TableMetadata } from '../../packages/sink-iceberg/src/metadata/table-metadata.ts';
import { planAppend } from '../../packages/sink-iceberg/src/operation/append.ts';
import { plainFile } from './plain-writer.ts';

/** How another engine reaches one table. */
export interface ForeignPorts {
  load(): Promise<SimulatedTable | 'absent'>;
  commit(commit: SimulatedCommit): Promise<SimulatedOutcome>;
  environment: Environment;
  /** The rows of a data file, each as a line. */
  lines(location: string): readonly string[] | Promise<readonly string[]>;
}

/** The table before and after a commit of another engine; null: somebody else was first, and the engine gave up. */
export type ForeignChange = { before: SimulatedTable; after: SimulatedTable } | null;

/** Appends one row. */
export async function appendForeign(ports: ForeignPorts, row: string): Promise<ForeignChange> {
  const base = await ports.load();
  if (base === 'absent') return null;
  const metadata = base.metadata as unknown as TableMetadata;
  const head = headOf(metadata);
  const kept = head === null ? [] : await manifestsOf(metadata, head);
  return addFile(ports, base, [row], kept, 'append');
}

/** Writes all rows of the table into one file. */
export async function compact(ports: ForeignPorts): Promise<ForeignChange> {
  const base = await ports.load();
  if (base === 'absent') return null;
  const metadata = base.metadata as unknown as TableMetadata;
  const head = headOf(metadata);
  if (head === null) return null;
  const rows: string[] = [];
  for (const manifest of await manifestsOf(metadata, head)) {
    for (const { status, path } of decodeManifest(await readWholeFile(manifest.path), manifest)) {
      if (status !== 'deleted') rows.push(...(await ports.lines(path)));
    }
  }
  return rows.length === 0 ? null : addFile(ports, base, rows, [], 'replace');
}

/** Drops all snapshots but the newest of the branch. @param unneeded What only the dropped ones needed, from the table before and after. */
export async function expire(
  ports: ForeignPorts,
  keep: number,
  unneeded: (before: SimulatedTable, after: SimulatedTable) => string[],
): Promise<ForeignChange> {
  const base = await ports.load();
  if (base === 'absent') return null;
  const metadata = base.metadata as unknown as TableMetadata;
  const head = headOf(metadata);
  const kept = new Set([...ancestry(metadata, head)].slice(0, keep).map((snapshot) => snapshot['snapshot-id']));
  const dropped = base.metadata.snapshots.map((snapshot) => snapshot['snapshot-id']).filter((id) => !kept.has(id));
  if (head === null || dropped.length === 0) return null;
  const change = await commitOn(ports, base, [{ action: 'remove-snapshots', 'snapshot-ids': dropped }]);
  if (change) for (const path of unneeded(change.before, change.after)) await deleteFile(path);
  return change;
}

/** Sets the branch back. */
export async function rollBack(ports: ForeignPorts, snapshots: number): Promise<ForeignChange> {
  const base = await ports.load();
  if (base === 'absent') return null;
  const metadata = base.metadata as unknown as TableMetadata;
  const target = [...ancestry(metadata, headOf(metadata))][snapshots];
  if (!target) return null;
  return commitOn(ports, base, [
    { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': target['snapshot-id'] },
  ]);
}

async function addFile(
  ports: ForeignPorts,
  base: SimulatedTable,
  rows: readonly string[],
  kept: readonly ManifestFile[],
  operation: 'append' | 'replace',
): Promise<ForeignChange> {
  const { environment } = ports;
  const metadata = base.metadata as unknown as TableMetadata;
  const snapshotId = new DataView(environment.random(8).buffer).getBigUint64(0) >> 1n;
  const bytes = new TextEncoder().encode(`${rows.join('\n')}\n`);
  const path = `${metadata.location}/data/foreign-${snapshotId}.rows`;
  await writeFileOnce(path, bytes);
  const described = plainFile(path, bytes.length, rows.length, metadata['default-spec-id'], []);
  const files = [described as unknown as DataFileDescription];
  const { manifest } = await stageManifest(metadata, files, snapshotId, environment);
  const manifestList = `${metadata.location}/metadata/snap-${snapshotId}.avro`;
  const append = planAppend(metadata, {
    snapshotId,
    addition: { files: 1, rows: BigInt(rows.length), bytes: BigInt(bytes.length), partitions: 1 },
    manifest,
    kept,
    manifestList,
    summary: { operation },
    updates: [],
    nowMilliseconds: BigInt(environment.now()),
  });
  const list = encodeManifestList(append.manifests, {
    snapshotId,
    parentSnapshotId: append.parent,
    sequenceNumber: append.sequenceNumber,
    sync: environment.random(16),
    codec: 'null',
  });
  await writeFileOnce(manifestList, list);
  return commitOn(ports, base, append.updates as unknown as SimulatedCommit['updates']);
}

async function commitOn(ports: ForeignPorts, base: SimulatedTable, updates: SimulatedCommit['updates']): Promise<ForeignChange> {
  const head = headOf(base.metadata as unknown as TableMetadata);
  const outcome = await ports.commit({
    requirements: [
      { type: 'assert-table-uuid', uuid: base.metadata['table-uuid'] },
      { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': head },
    ],
    updates,
  });
  return outcome.kind === 'committed' ? { before: base, after: outcome } : null;
}

async function manifestsOf(metadata: TableMetadata, head: bigint): Promise<ManifestFile[]> {
  return decodeManifestList(await readWholeFile(snapshotOf(metadata, head)['manifest-list']));
}
