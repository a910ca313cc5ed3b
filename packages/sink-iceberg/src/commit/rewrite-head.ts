import type { Environment, Field, StagedRewrite } from '@calve/core/plugin';
import { metadataFolder } from '../catalog/metadata-files.ts';
import { readWholeFile, writeFileOnce } from '../files/local-files.ts';
import type { ManifestFile } from '../manifest/manifest-file.ts';
import { decodeManifestList } from '../manifest/manifest-list.ts';
import { rewriteManifest } from '../manifest/rewrite-manifest.ts';
import { ancestry, findSnapshot, headOf, schemaOf, specOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import type { Removal } from '../operation/snapshot-summary.ts';
import { type LiveFileQuestion, liveFiles, partitionText } from '../rewrite/live-files.ts';
import { guardedColumns, mayHold, type RemovedFiles } from '../rewrite/rewrite-guard.ts';
import { partitionFieldType } from '../spec/partition-type.ts';
import type { StagedManifest } from './staged-manifest.ts';
import { manifestCodec } from './staged-manifest.ts';

/** The manifests of the head without the files that go, and what those held. */
export interface RewrittenHead {
  kept: ManifestFile[];
  removal: Removal;
}

/**
 * Takes the files that a staged rewrite replaces out of the manifests of the present head; the new manifests are durable when it resolves.
 *
 * The head need not be the snapshot that was read: what others added since may stay beside it when partition and bounds prove that it holds nothing of
 * what is replaced, and as long as the files that go are still there.
 *
 * @param metadata The table that the commit is based on. @param manifests Of its head.
 * @param fields The columns of the table after the commit.
 * @returns Or why the rewrite does not fit the head, in plain words: it has to be staged again.
 */
export async function rewriteHead(
  rewrite: StagedRewrite,
  metadata: TableMetadata,
  manifests: readonly ManifestFile[],
  fields: readonly Field[],
  snapshotId: bigint,
  staged: StagedManifest,
  environment: Environment,
): Promise<RewrittenHead | string> {
  const { files } = rewrite.removed as unknown as RemovedFiles;
  const head = headOf(metadata);
  if (String(head) !== String(rewrite.snapshot)) {
    const reason = await touchedSince(rewrite, metadata, manifests, fields);
    if (reason !== null) return reason;
  }
  const left = new Set(files.map(({ path }) => path));
  const hinted = new Set(files.map(({ manifest }) => manifest));
  const kept = new Map(manifests.map((manifest) => [manifest.path, manifest]));
  const removal: Removal = { files: 0, rows: 0n, bytes: 0n, partitions: new Set() };
  const data = manifests.filter(({ content }) => content === 'data');
  for (const manifest of [...data.filter(({ path }) => hinted.has(path)), ...data.filter(({ path }) => !hinted.has(path))]) {
    if (left.size === 0) break;
    const rewritten = await withoutFiles(manifest, left, metadata, snapshotId, staged, environment);
    if (rewritten === null) continue;
    kept.set(manifest.path, rewritten.manifest);
    for (const { path, rows, bytes, partition } of rewritten.removed) {
      left.delete(path);
      removal.files += 1;
      removal.rows += rows;
      removal.bytes += bytes;
      removal.partitions.add(partitionText(partition));
    }
  }
  if (left.size > 0) return `another writer has replaced or deleted ${left.size} of the files that this commit replaces`;
  return { kept: [...kept.values()], removal };
}

async function withoutFiles(
  manifest: ManifestFile,
  paths: ReadonlySet<string>,
  metadata: TableMetadata,
  snapshotId: bigint,
  staged: StagedManifest,
  environment: Environment,
): Promise<{ manifest: ManifestFile; removed: { path: string; rows: bigint; bytes: bigint; partition: unknown[] }[] } | null> {
  const sequenceNumber = metadata['last-sequence-number'] + 1n;
  const known = staged.rewritten.get(manifest.path);
  if (known) return { ...known, manifest: { ...known.manifest, sequenceNumber } };
  const spec = specOf(metadata, manifest.specId);
  const schema = schemaOf(metadata);
  const rewritten = rewriteManifest(await readWholeFile(manifest.path), {
    manifest,
    spec,
    types: spec.fields.map((field) => partitionFieldType(field, schema)),
    paths,
    snapshotId,
    sequenceNumber,
    sync: environment.random(16),
    codec: manifestCodec(metadata),
  });
  if (rewritten === null) return null;
  const path = `${metadataFolder(metadata)}/${staged.commitUuid}-m${staged.rewritten.size + 1}.avro`;
  await environment.step('iceberg.prepare.manifest');
  await writeFileOnce(path, rewritten.bytes);
  const written = {
    removed: rewritten.removed,
    manifest: {
      ...manifest,
      ...rewritten.counts,
      path,
      length: BigInt(rewritten.bytes.length),
      sequenceNumber,
      addedSnapshotId: snapshotId,
    },
  };
  staged.rewritten.set(manifest.path, written);
  return written;
}

/** Why what others committed since the snapshot that was read does not leave the rewrite as it is; null: it does. */
async function touchedSince(
  rewrite: StagedRewrite,
  metadata: TableMetadata,
  manifests: readonly ManifestFile[],
  fields: readonly Field[],
): Promise<string | null> {
  const { guard, relied } = rewrite.removed as unknown as RemovedFiles;
  const read = rewrite.snapshot === null ? null : BigInt(rewrite.snapshot);
  const snapshot = read === null ? null : findSnapshot(metadata, read);
  const isBefore = read === null || [...ancestry(metadata, headOf(metadata))].some((one) => one['snapshot-id'] === read);
  if (snapshot === undefined || !isBefore) return 'it was rolled back, or the snapshot that was read has expired';
  const before = snapshot === null ? [] : decodeManifestList(await readWholeFile(snapshot['manifest-list']));
  const isKnown = new Set(before.map(({ path }) => path));
  const isThere = new Set(manifests.map(({ path }) => path));
  const question: LiveFileQuestion = { bounds: guardedColumns(guard) };
  if (guard.kind === 'partitions') question.partitions = { spec: specOf(metadata, guard.specId), schema: schemaOf(metadata) };
  const live = new Set<string>();
  for (const manifest of before.filter(({ path }) => !isThere.has(path)))
    for (const { path } of liveFiles(await readWholeFile(manifest.path), manifest, { bounds: new Set() }).files) live.add(path);
  const gone = new Set(live);
  for (const manifest of manifests.filter(({ path }) => !isKnown.has(path))) {
    const { files, deletes } = liveFiles(await readWholeFile(manifest.path), manifest, question);
    if (deletes.position + deletes.equality > 0) return 'another writer has deleted rows with delete files';
    for (const { path } of files) gone.delete(path);
    const touching = files.find((file) => !live.has(file.path) && mayHold(file, guard, fields));
    if (touching) return `another writer has added ${touching.path}, which may hold rows that this commit replaces`;
  }
  const missing = relied.find((path) => gone.has(path));
  return missing ? `another writer has replaced ${missing}, which held rows that are newer than some of this commit` : null;
}
