import type { Environment } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { metadataFolder } from '../catalog/metadata-files.ts';
import { readWholeFile, writeFileOnce } from '../files/local-files.ts';
import { openAvroFile } from '../manifest/avro-container.ts';
import type { ManifestFile } from '../manifest/manifest-file.ts';
import { type MergedManifest, type MergeSource, mergeManifests } from '../manifest/merge-manifests.ts';
import { schemaOf, specOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { manifestMergePolicy, planManifestMerge } from '../operation/plan-manifest-merge.ts';
import { partitionFieldType } from '../spec/partition-type.ts';
import type { StagedManifest } from './staged-manifest.ts';
import { manifestCodec } from './staged-manifest.ts';

/**
 * The manifests that a commit carries on, many small ones merged as the table's properties say; new ones are durable when it resolves.
 *
 * What is merged here is none of the commit's own files, so an attempt that fails leaves nothing behind but a manifest that nobody lists. A later one
 * takes it again as long as the head still has all that it stands for.
 *
 * @param kept The newest first.
 */
export async function mergeHead(
  kept: readonly ManifestFile[],
  metadata: TableMetadata,
  snapshotId: bigint,
  staged: StagedManifest,
  environment: Environment,
): Promise<ManifestFile[]> {
  const sequenceNumber = metadata['last-sequence-number'] + 1n;
  let manifests = [...kept];
  for (const { sources, manifest } of staged.merged) manifests = replaced(manifests, sources, { ...manifest, sequenceNumber });
  // A manifest of format version 3 numbers rows too.
  if (metadata['format-version'] > 2) return manifests;
  const added = staged.manifest === null ? 0 : 1;
  for (const group of planManifestMerge(manifests, added, snapshotId, manifestMergePolicy(metadata.properties))) {
    for (const sources of await writtenAlike(group)) {
      const manifest = await mergedManifest(sources, metadata, snapshotId, staged, environment);
      if (manifest === null) continue;
      const paths = sources.map((source) => source.manifest.path);
      staged.merged.push({ sources: paths, manifest });
      manifests = replaced(manifests, paths, { ...manifest, sequenceNumber });
    }
  }
  return manifests;
}

/** The list with one manifest in the place of others; as it was, where one of them is not in it. */
function replaced(manifests: ManifestFile[], sources: readonly string[], merged: ManifestFile): ManifestFile[] {
  const gone = new Set(sources);
  const rest = manifests.filter(({ path }) => !gone.has(path));
  if (manifests.length - rest.length !== gone.size) return manifests;
  const at = manifests.findIndex(({ path }) => gone.has(path));
  return [...rest.slice(0, at), merged, ...rest.slice(at)];
}

/** A manifest has one schema: only what was written with the same one can become one. What cannot be read stays as it is. */
async function writtenAlike(group: readonly ManifestFile[]): Promise<MergeSource[][]> {
  const bySchema = new Map<string, MergeSource[]>();
  for (const manifest of group) {
    const file = await orNull(async () => openAvroFile(await readWholeFile(manifest.path)));
    if (file === null) continue;
    const alike = bySchema.get(file.schemaText) ?? [];
    bySchema.set(file.schemaText, alike);
    alike.push({ manifest, file });
  }
  return [...bySchema.values()].filter((alike) => alike.length > 1);
}

async function mergedManifest(
  sources: readonly MergeSource[],
  metadata: TableMetadata,
  snapshotId: bigint,
  staged: StagedManifest,
  environment: Environment,
): Promise<ManifestFile | null> {
  const merged = await orNull(async (): Promise<MergedManifest | null> => {
    const spec = specOf(metadata, sources[0]?.manifest.specId);
    const schema = schemaOf(metadata);
    const types = spec.fields.map((field) => partitionFieldType(field, schema));
    return mergeManifests(sources, { spec, types, sync: environment.random(16), codec: manifestCodec(metadata) });
  });
  if (merged === null) return null;
  const { bytes, ...facts } = merged;
  const path = `${metadataFolder(metadata)}/${staged.commitUuid}-merged-${staged.merged.length + 1}.avro`;
  await environment.step('iceberg.prepare.merged-manifest');
  await writeFileOnce(path, bytes);
  return {
    ...facts,
    path,
    length: BigInt(bytes.length),
    specId: sources[0]?.manifest.specId ?? 0,
    content: 'data',
    sequenceNumber: metadata['last-sequence-number'] + 1n,
    addedSnapshotId: snapshotId,
    addedFiles: 0,
    deletedFiles: 0,
    addedRows: 0n,
    deletedRows: 0n,
    keyMetadata: null,
  };
}

/** Merging makes reading cheaper and nothing else: a manifest that another engine wrote in a way unknown to us is no reason to refuse a commit. */
async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (CalveError.is(error)) return null;
    throw error;
  }
}
