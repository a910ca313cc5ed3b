import { CalveError } from '@calve/core/plugin';
import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import type { PartitionSpec } from '../spec/partition-spec.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';
import { MAIN_BRANCH } from './table-metadata.ts';

/** The schema with this id, by default the current one. @throws {CalveError} `ICEBERG_METADATA_INVALID`. */
export function schemaOf(metadata: TableMetadata, id = metadata['current-schema-id']): IcebergSchema {
  return found(
    metadata.schemas.find((schema) => schema['schema-id'] === id),
    metadata,
    `schema ${id}`,
  );
}

/** The partition spec with this id, by default the one for new files. @throws {CalveError} `ICEBERG_METADATA_INVALID`. */
export function specOf(metadata: TableMetadata, id = metadata['default-spec-id']): PartitionSpec {
  return found(
    metadata['partition-specs'].find((spec) => spec['spec-id'] === id),
    metadata,
    `partition spec ${id}`,
  );
}

/** The snapshot with this id. @throws {CalveError} `ICEBERG_SNAPSHOT_NOT_FOUND`: expired, or never there. */
export function snapshotOf(metadata: TableMetadata, id: bigint): Snapshot {
  const snapshot = findSnapshot(metadata, id);
  if (snapshot) return snapshot;
  throw new CalveError('ICEBERG_SNAPSHOT_NOT_FOUND', `The table at ${metadata.location} has no snapshot ${id}.`, {
    recovery: 'fix-input',
    context: { snapshot: String(id), location: metadata.location },
  });
}

/** The same, `undefined` when the table does not have it. */
export function findSnapshot(metadata: TableMetadata, id: bigint): Snapshot | undefined {
  return metadata.snapshots?.find((snapshot) => snapshot['snapshot-id'] === id);
}

/** Id of the snapshot that readers see; `null` before the first one. */
export function headOf(metadata: TableMetadata): bigint | null {
  const reference = metadata.refs?.[MAIN_BRANCH]?.['snapshot-id'];
  if (reference !== undefined) return reference;
  const current = metadata['current-snapshot-id'];
  return current === undefined || current === null || current === -1n ? null : current;
}

/**
 * The chain of parents from a snapshot, itself first, as far as the table still keeps it.
 *
 * @param from `null` gives nothing.
 */
export function* ancestry(metadata: TableMetadata, from: bigint | null): Generator<Snapshot> {
  const byId = new Map((metadata.snapshots ?? []).map((snapshot) => [snapshot['snapshot-id'], snapshot]));
  let next = from ?? undefined;
  // A damaged chain could be a circle; no chain is longer than the list.
  for (let steps = byId.size; next !== undefined && steps > 0; steps -= 1) {
    const snapshot = byId.get(next);
    if (!snapshot) return;
    yield snapshot;
    next = snapshot['parent-snapshot-id'] ?? undefined;
  }
}

function found<T>(value: T | undefined, metadata: TableMetadata, what: string): T {
  if (value !== undefined) return value;
  throw new CalveError(
    'ICEBERG_METADATA_INVALID',
    `The metadata of the table at ${metadata.location} names ${what}, which it does not have.`,
    {
      context: { location: metadata.location, missing: what },
    },
  );
}
