import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeEnvironment } from '@calve/core/node';
import type { CommitIntent } from '@calve/core/plugin';
import { testIntent, testProgram, withStagedFiles } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../catalog/catalog.ts';
import { fileUri } from '../files/file-uri.ts';
import { readWholeFile } from '../files/local-files.ts';
import { decodeManifest } from '../manifest/decode-manifest.ts';
import type { ManifestFile } from '../manifest/manifest-file.ts';
import { ManifestMemory } from '../manifest/manifest-memory.ts';
import { type PreparePorts, prepareCommit } from './prepare.ts';
import type { StagedManifest } from './staged-manifest.ts';

const fields = [{ id: 1, name: 'id', type: { kind: 'int64' as const }, required: false }];
const program = testProgram([{ target: { table: 'a.b' }, fields }]);

function staged(path: string, writerId: string, snapshot: string): CommitIntent {
  const none = {};
  const statistics = {
    columnSizes: none,
    valueCounts: none,
    nullCounts: none,
    nanCounts: none,
    lowerBounds: none,
    upperBounds: none,
  };
  const file = { path, sizeBytes: 4, rows: 1, specId: 0, partition: [], splitOffsets: [], ...statistics };
  const intent = testIntent(program, { commitId: 'same', writerId, snapshots: { main: snapshot } });
  return withStagedFiles(intent, 'main', { files: [file], rows: 1 });
}

async function pathsIn(manifest: StagedManifest | undefined): Promise<string[]> {
  const path = manifest?.manifest?.path ?? '';
  return decodeManifest(await readWholeFile(path), { path, specId: 0 } as ManifestFile).map((entry) => entry.path);
}

describe('preparing a commit', () => {
  it('takes the files of the worker that staged it, also when this session has prepared the same batch of another one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'calve-prepare-'));
    const manifests: PreparePorts['manifests'] = new Map();
    const catalog = { load: async () => 'absent' as const } as unknown as Catalog;
    const ports = {
      catalog,
      environment: nodeEnvironment(),
      locationOf: () => fileUri(folder),
      manifests,
      memory: new ManifestMemory(),
      created: new Set<string>(),
      refusing: new Set<string>(),
    };
    // The first was refused and dropped, its files deleted, and the batch was planned and staged again.
    for (const intent of [staged('/first.parquet', 'first', '11'), staged('/second.parquet', 'second', '22')]) {
      expect(await prepareCommit(intent, 'main', ports)).toMatchObject({ kind: 'ready' });
      expect(await prepareCommit(intent, 'main', ports)).toMatchObject({ kind: 'ready' });
    }
    expect(await Promise.all([...manifests.values()].map(pathsIn))).toEqual([['/first.parquet'], ['/second.parquet']]);
  });
});
