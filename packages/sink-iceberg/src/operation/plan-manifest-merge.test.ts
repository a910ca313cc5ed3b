import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ManifestFile } from '../manifest/manifest-file.ts';
import { type ManifestMergePolicy, manifestMergePolicy, planManifestMerge } from './plan-manifest-merge.ts';

const policy: ManifestMergePolicy = { isEnabled: true, minimumCount: 4, targetBytes: 100n };

function manifest(path: string, length: number, facts: Partial<ManifestFile> = {}): ManifestFile {
  return {
    path,
    length: BigInt(length),
    specId: 0,
    content: 'data',
    keyMetadata: null,
    addedSnapshotId: 1n,
    ...facts,
  } as ManifestFile;
}
const plan = (manifests: ManifestFile[], added = 1, chosen = policy): string[] =>
  planManifestMerge(manifests, added, 9n, chosen).map((group) => group.map(({ path }) => path).join(''));

describe('planManifestMerge', () => {
  it('waits until there are enough small manifests, the new one included', () => {
    expect(plan([manifest('c', 10), manifest('b', 10)])).toEqual([]);
    expect(plan([manifest('c', 10), manifest('b', 10), manifest('a', 10)])).toEqual(['cba']);
    expect(plan([manifest('c', 10), manifest('b', 10), manifest('a', 10)], 0)).toEqual([]);
  });

  it('fills groups up to the target size from the oldest on; a full one does not wait, and one manifest alone stays', () => {
    const manifests = [manifest('e', 10), manifest('d', 10), manifest('c', 95), manifest('b', 40), manifest('a', 50)];
    expect(plan(manifests)).toEqual(['ba']);
    expect(plan([manifest('b', 10), manifest('a', 500)])).toEqual([]);
  });

  it('keeps partition specs apart, and leaves alone what it must not touch', () => {
    const all = [
      manifest('f', 10, { specId: 1 }),
      manifest('e', 10, { addedSnapshotId: 9n }),
      manifest('d', 10, { content: 'deletes' }),
      manifest('c', 10, { keyMetadata: Uint8Array.of(1) }),
      manifest('b', 10),
      manifest('a', 10, { specId: 1 }),
    ];
    expect(plan(all, 1, { ...policy, minimumCount: 2 })).toEqual(['fa']);
    expect(plan(all, 1, { ...policy, minimumCount: 2, isEnabled: false })).toEqual([]);
  });

  it('puts each manifest into one group at most, and no group but a lone large one is above the target', () => {
    const lists = fc.array(fc.record({ length: fc.integer({ min: 1, max: 120 }), specId: fc.integer({ min: 0, max: 2 }) }));
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 9 }), (list, minimumCount) => {
        const manifests = list.map(({ length, specId }, at) => manifest(`${at}`, length, { specId }));
        const groups = planManifestMerge(manifests, 1, 9n, { ...policy, minimumCount });
        const merged = groups.flat();
        expect(new Set(merged).size).toBe(merged.length);
        for (const group of groups) {
          expect(group.length).toBeGreaterThan(1);
          expect(new Set(group.map(({ specId }) => specId)).size).toBe(1);
          expect(group.reduce((sum, { length }) => sum + length, 0n)).toBeLessThanOrEqual(100n);
          expect(group).toEqual(manifests.filter((one) => group.includes(one)));
        }
      }),
    );
  });
});

describe('manifestMergePolicy', () => {
  it('is that of the Java library where the table says nothing, or nonsense', () => {
    const standard = { isEnabled: true, minimumCount: 100, targetBytes: 8_388_608n };
    expect(manifestMergePolicy()).toEqual(standard);
    expect(manifestMergePolicy({ 'commit.manifest.min-count-to-merge': '-1', 'commit.manifest.target-size-bytes': 'x' })).toEqual(
      standard,
    );
  });

  it('is what the properties say', () => {
    const properties = {
      'commit.manifest-merge.enabled': 'false',
      'commit.manifest.min-count-to-merge': '5',
      'commit.manifest.target-size-bytes': '1000',
    };
    expect(manifestMergePolicy(properties)).toEqual({ isEnabled: false, minimumCount: 5, targetBytes: 1000n });
  });
});
