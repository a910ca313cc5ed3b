import type { Environment } from '@calve/core/plugin';
import { metadataFolder } from '../catalog/metadata-files.ts';
import type { DataFileDescription } from '../datafile/data-file.ts';
import { writeFileOnce } from '../files/local-files.ts';
import type { AvroCodec } from '../manifest/avro-container.ts';
import { encodeManifest } from '../manifest/encode-manifest.ts';
import type { ManifestFile } from '../manifest/manifest-file.ts';
import type { RewrittenManifest } from '../manifest/rewrite-manifest.ts';
import { schemaOf, specOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import type { WrittenManifest } from '../operation/append.ts';
import { randomUuid } from '../spec/random-ids.ts';

/** What is written once for an output of an intent and serves all attempts of this session. */
export interface StagedManifest {
  /** Part of the names of the manifest and of all manifest lists. */
  commitUuid: string;
  /** `null` when no files are added. */
  manifest: WrittenManifest | null;
  /** Manifests of the head without the files that go, by the path of what they stand for. */
  rewritten: Map<string, { manifest: ManifestFile; removed: RewrittenManifest['removed'] }>;
  /** Manifests that were merged out of several of the head, by the paths of those. */
  merged: { sources: string[]; manifest: ManifestFile }[];
  /** Attempts that were prepared so far. */
  attempts: number;
}

/** Writes the manifest of the staged files; durable when resolved. Without files there is none. */
export async function stageManifest(
  metadata: TableMetadata,
  files: readonly DataFileDescription[],
  snapshotId: bigint,
  environment: Environment,
): Promise<StagedManifest> {
  const commitUuid = randomUuid(environment);
  const rewritten: StagedManifest['rewritten'] = new Map();
  if (files.length === 0) return { commitUuid, manifest: null, rewritten, merged: [], attempts: 0 };
  const spec = specOf(metadata);
  const { bytes, partitions } = encodeManifest({
    schema: schemaOf(metadata),
    spec,
    snapshotId,
    files,
    sync: environment.random(16),
    codec: manifestCodec(metadata),
  });
  const path = `${metadataFolder(metadata)}/${commitUuid}-m0.avro`;
  await environment.step('iceberg.prepare.manifest');
  await writeFileOnce(path, bytes);
  return {
    commitUuid,
    manifest: { path, length: bytes.length, specId: spec['spec-id'], partitions },
    rewritten,
    merged: [],
    attempts: 0,
  };
}

/** The codec that the table asks for; deflate where it asks for one that we do not write. */
export function manifestCodec(metadata: TableMetadata): AvroCodec {
  switch (metadata.properties?.['write.avro.compression-codec']) {
    case 'uncompressed':
      return 'null';
    case 'zstd':
      return 'zstandard';
    default:
      return 'deflate';
  }
}
