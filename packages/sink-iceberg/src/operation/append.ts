import type { FieldSummary, ManifestFile } from '../manifest/manifest-file.ts';
import { later } from '../metadata/reduce-snapshots.ts';
import { headOf } from '../metadata/select.ts';
import type { Snapshot, TableMetadata } from '../metadata/table-metadata.ts';
import { MAIN_BRANCH } from '../metadata/table-metadata.ts';
import type { TableRequirement } from '../metadata/table-requirement.ts';
import type { TableUpdate } from '../metadata/table-update.ts';
import type { Addition, Removal } from './snapshot-summary.ts';
import { snapshotSummary } from './snapshot-summary.ts';

/** The manifest of the files that an append adds, already written. */
export interface WrittenManifest {
  path: string;
  length: number;
  specId: number;
  partitions: FieldSummary[];
}

/** What an append is made of. */
export interface AppendParts {
  snapshotId: bigint;
  addition: Addition;
  /** `null`: no files, an append that only moves the evidence. */
  manifest: WrittenManifest | null;
  /** Of the head, in its order, those of an overwrite without the files that go; empty when the table has no snapshot. */
  kept: readonly ManifestFile[];
  /** What goes; absent: nothing. */
  removal?: Removal;
  /** Where the manifest list of this attempt will be. */
  manifestList: string;
  /** Further summary entries. */
  summary: Readonly<Record<string, string>>;
  /** Further updates of the same commit, which may name the snapshot. */
  updates: readonly TableUpdate[];
  nowMilliseconds: bigint;
}

/** An append as data: what must be written to the manifest list, and what the catalog is asked. */
export interface Append {
  sequenceNumber: bigint;
  parent: bigint | null;
  manifests: ManifestFile[];
  requirements: TableRequirement[];
  updates: TableUpdate[];
}

/**
 * Plans one attempt to add files to the current head of `main`, and to take files away that `kept` does not list any more. Pure.
 *
 * @param metadata The table as it will be when the other updates of the same commit are applied.
 */
export function planAppend(metadata: TableMetadata, parts: AppendParts): Append {
  const parent = headOf(metadata);
  const sequenceNumber = metadata['last-sequence-number'] + 1n;
  const snapshot: Snapshot = {
    'snapshot-id': parts.snapshotId,
    ...(parent === null ? {} : { 'parent-snapshot-id': parent }),
    'sequence-number': sequenceNumber,
    'timestamp-ms': later(parts.nowMilliseconds, metadata['last-updated-ms']),
    'manifest-list': parts.manifestList,
    summary: snapshotSummary(metadata, parts.addition, parts.removal ?? null, parts.summary),
    'schema-id': metadata['current-schema-id'],
  };
  const own = parts.manifest === null ? [] : [addedManifest(parts.manifest, parts, sequenceNumber)];
  return {
    sequenceNumber,
    parent,
    manifests: [...own, ...parts.kept],
    requirements: [
      { type: 'assert-table-uuid', uuid: metadata['table-uuid'] },
      { type: 'assert-ref-snapshot-id', ref: MAIN_BRANCH, 'snapshot-id': parent },
    ],
    updates: [
      { action: 'add-snapshot', snapshot },
      { action: 'set-snapshot-ref', 'ref-name': MAIN_BRANCH, type: 'branch', 'snapshot-id': parts.snapshotId },
      ...parts.updates,
    ],
  };
}

function addedManifest(manifest: WrittenManifest, parts: AppendParts, sequenceNumber: bigint): ManifestFile {
  return {
    path: manifest.path,
    length: BigInt(manifest.length),
    specId: manifest.specId,
    content: 'data',
    sequenceNumber,
    minSequenceNumber: sequenceNumber,
    addedSnapshotId: parts.snapshotId,
    addedFiles: parts.addition.files,
    existingFiles: 0,
    deletedFiles: 0,
    addedRows: parts.addition.rows,
    existingRows: 0n,
    deletedRows: 0n,
    partitions: manifest.partitions,
    keyMetadata: null,
  };
}
