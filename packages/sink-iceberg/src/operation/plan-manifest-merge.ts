import type { ManifestFile } from '../manifest/manifest-file.ts';

/** When a commit merges manifests of its table. */
export interface ManifestMergePolicy {
  isEnabled: boolean;
  /** So many small manifests have to come together first. */
  minimumCount: number;
  /** About as large a merged manifest becomes. */
  targetBytes: bigint;
}

const DEFAULTS: ManifestMergePolicy = { isEnabled: true, minimumCount: 100, targetBytes: 8n * 1024n * 1024n };

/**
 * What the properties of a table ask for, with the defaults of Iceberg's Java library where they say nothing, or nothing that can be understood.
 *
 * @see https://iceberg.apache.org/docs/1.10.0/configuration/#table-behavior-properties
 */
export function manifestMergePolicy(properties: Readonly<Record<string, string>> = {}): ManifestMergePolicy {
  const whole = (name: string): number | null => {
    const text = properties[name] ?? '';
    return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
  };
  const bytes = whole('commit.manifest.target-size-bytes');
  return {
    isEnabled: (properties['commit.manifest-merge.enabled'] ?? 'true').toLowerCase() !== 'false',
    minimumCount: whole('commit.manifest.min-count-to-merge') ?? DEFAULTS.minimumCount,
    targetBytes: bytes === null ? DEFAULTS.targetBytes : BigInt(bytes),
  };
}

/**
 * Which manifests of the head a commit merges: as Iceberg's Java library does it, those of one partition spec are packed into groups of about the
 * target size, the oldest first. The group of the newest manifests waits until it is long enough; the others are complete. Manifests of delete files,
 * encrypted ones and those that the commit itself has written are left as they are. Pure.
 *
 * @param manifests What the commit carries on, the newest first.
 * @param added How many manifests the commit adds to them.
 * @returns Groups of two and more, each in the order of the list.
 */
export function planManifestMerge(
  manifests: readonly ManifestFile[],
  added: number,
  snapshotId: bigint,
  policy: ManifestMergePolicy,
): ManifestFile[][] {
  if (!policy.isEnabled) return [];
  const bySpec = new Map<number, ManifestFile[]>();
  for (const manifest of manifests) {
    if (manifest.content !== 'data' || manifest.keyMetadata !== null || manifest.addedSnapshotId === snapshotId) continue;
    const alike = bySpec.get(manifest.specId) ?? [];
    bySpec.set(manifest.specId, alike);
    alike.push(manifest);
  }
  return [...bySpec.values()].flatMap((alike) => groupsOf(alike, added, policy));
}

function groupsOf(
  manifests: readonly ManifestFile[],
  added: number,
  { minimumCount, targetBytes }: ManifestMergePolicy,
): ManifestFile[][] {
  const groups: ManifestFile[][] = [];
  let bytes = 0n;
  for (const manifest of manifests.toReversed()) {
    const group = groups.at(-1);
    if (group === undefined || bytes + manifest.length > targetBytes) {
      groups.push([manifest]);
      bytes = manifest.length;
    } else {
      group.unshift(manifest);
      bytes += manifest.length;
    }
  }
  const newest = groups.at(-1);
  return groups.filter((group) => group.length > 1 && (group !== newest || group.length + added >= minimumCount));
}
