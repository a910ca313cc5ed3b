/** A snapshot as a catalog keeps it. */
export interface SimulatedSnapshot {
  'snapshot-id': bigint;
  'parent-snapshot-id'?: bigint | null;
  'sequence-number': bigint;
  'timestamp-ms': bigint;
  'manifest-list': string;
  summary: Record<string, string>;
  'schema-id'?: number;
}

/** Table metadata as a catalog keeps it, by the names of the Iceberg specification. @see https://iceberg.apache.org/spec/#table-metadata-fields */
export interface SimulatedMetadata {
  'format-version': number;
  'table-uuid': string;
  location: string;
  'last-sequence-number': bigint;
  'last-updated-ms': bigint;
  'last-column-id': number;
  schemas: ({ 'schema-id': number } & Record<string, unknown>)[];
  'current-schema-id': number;
  'partition-specs': ({ 'spec-id': number } & Record<string, unknown>)[];
  'default-spec-id': number;
  'last-partition-id': number;
  'sort-orders': ({ 'order-id': number } & Record<string, unknown>)[];
  'default-sort-order-id': number;
  properties: Record<string, string>;
  snapshots: SimulatedSnapshot[];
  refs: Record<string, { 'snapshot-id': bigint; type: 'branch' | 'tag' }>;
}

/** An update of the REST protocol; the members depend on `action`. */
export type SimulatedUpdate = { action: string } & Record<string, unknown>;

/** A requirement of the REST protocol; the members depend on `type`. */
export type SimulatedRequirement = { type: string } & Record<string, unknown>;

/** Something that a catalog answers with 400. */
export class BadRequest extends Error {}

/** The first requirement that does not hold; null: all do. @throws {BadRequest} for one that this catalog does not know. */
export function brokenRequirement(
  metadata: SimulatedMetadata | null,
  requirements: readonly SimulatedRequirement[],
): SimulatedRequirement | null {
  return requirements.find((requirement) => !holds(metadata, requirement)) ?? null;
}

function holds(metadata: SimulatedMetadata | null, requirement: SimulatedRequirement): boolean {
  if (requirement.type === 'assert-create') return metadata === null;
  if (metadata === null) return false;
  switch (requirement.type) {
    case 'assert-table-uuid':
      return metadata['table-uuid'] === requirement['uuid'];
    case 'assert-ref-snapshot-id':
      return (metadata.refs[requirement['ref'] as string]?.['snapshot-id'] ?? null) === requirement['snapshot-id'];
    case 'assert-last-assigned-field-id':
      return metadata['last-column-id'] === requirement['last-assigned-field-id'];
    case 'assert-current-schema-id':
      return metadata['current-schema-id'] === requirement['current-schema-id'];
    case 'assert-last-assigned-partition-id':
      return metadata['last-partition-id'] === requirement['last-assigned-partition-id'];
    case 'assert-default-spec-id':
      return metadata['default-spec-id'] === requirement['default-spec-id'];
    case 'assert-default-sort-order-id':
      return metadata['default-sort-order-id'] === requirement['default-sort-order-id'];
    default:
      throw new BadRequest(`unknown requirement ${requirement.type}`);
  }
}

const NEW_TABLE: SimulatedMetadata = {
  'format-version': 2,
  'table-uuid': '',
  location: '',
  'last-sequence-number': 0n,
  'last-updated-ms': 0n,
  'last-column-id': 0,
  schemas: [],
  'current-schema-id': -1,
  'partition-specs': [],
  'default-spec-id': -1,
  'last-partition-id': 999,
  'sort-orders': [],
  'default-sort-order-id': -1,
  properties: {},
  snapshots: [],
  refs: {},
};

/**
 * The metadata after a commit. Written from the specification alone, so that it shares no mistake with the writer it serves. Pure.
 *
 * @throws {BadRequest} A snapshot id that is in use, a sequence number that is not new, a branch without its snapshot, an update that this
 *   catalog does not know.
 */
export function updatedMetadata(
  before: SimulatedMetadata | null,
  updates: readonly SimulatedUpdate[],
  now: number,
): SimulatedMetadata {
  const base = before ?? NEW_TABLE;
  const metadata: SimulatedMetadata = {
    ...base,
    'last-updated-ms': BigInt(now),
    schemas: [...base.schemas],
    'partition-specs': [...base['partition-specs']],
    'sort-orders': [...base['sort-orders']],
    properties: { ...base.properties },
    snapshots: [...base.snapshots],
    refs: { ...base.refs },
  };
  for (const update of updates) applyUpdate(metadata, update);
  for (const [name, reference] of Object.entries(metadata.refs)) {
    const isThere = metadata.snapshots.some((snapshot) => snapshot['snapshot-id'] === reference['snapshot-id']);
    if (!isThere) throw new BadRequest(`${name} would point to a snapshot that does not exist`);
  }
  return metadata;
}

function applyUpdate(metadata: SimulatedMetadata, update: SimulatedUpdate): void {
  switch (update.action) {
    case 'assign-uuid':
      metadata['table-uuid'] = update['uuid'] as string;
      return;
    case 'upgrade-format-version':
      metadata['format-version'] = update['format-version'] as number;
      return;
    case 'set-location':
      metadata.location = update['location'] as string;
      return;
    case 'add-schema': {
      const schema = update['schema'] as SimulatedMetadata['schemas'][number] & { fields: unknown };
      metadata.schemas.push(schema);
      metadata['last-column-id'] = Math.max(metadata['last-column-id'], highestId(schema.fields));
      return;
    }
    case 'set-current-schema':
      metadata['current-schema-id'] = chosen(update['schema-id'], metadata.schemas.at(-1)?.['schema-id']);
      return;
    case 'add-spec': {
      const spec = update['spec'] as SimulatedMetadata['partition-specs'][number] & { fields: { 'field-id': number }[] };
      metadata['partition-specs'].push(spec);
      metadata['last-partition-id'] = Math.max(
        metadata['last-partition-id'],
        ...spec.fields.map((field) => field['field-id'] ?? 0),
      );
      return;
    }
    case 'set-default-spec':
      metadata['default-spec-id'] = chosen(update['spec-id'], metadata['partition-specs'].at(-1)?.['spec-id']);
      return;
    case 'add-sort-order':
      metadata['sort-orders'].push(update['sort-order'] as SimulatedMetadata['sort-orders'][number]);
      return;
    case 'set-default-sort-order':
      metadata['default-sort-order-id'] = chosen(update['sort-order-id'], metadata['sort-orders'].at(-1)?.['order-id']);
      return;
    case 'add-snapshot':
      addSnapshot(metadata, update['snapshot'] as SimulatedSnapshot);
      return;
    case 'set-snapshot-ref':
      metadata.refs[update['ref-name'] as string] = {
        'snapshot-id': update['snapshot-id'] as bigint,
        type: update['type'] as 'branch' | 'tag',
      };
      return;
    case 'remove-snapshot-ref':
      delete metadata.refs[update['ref-name'] as string];
      return;
    case 'remove-snapshots': {
      const removed = new Set(update['snapshot-ids'] as bigint[]);
      metadata.snapshots = metadata.snapshots.filter((snapshot) => !removed.has(snapshot['snapshot-id']));
      return;
    }
    case 'set-properties':
      Object.assign(metadata.properties, update['updates']);
      return;
    case 'remove-properties':
      for (const name of update['removals'] as string[]) delete metadata.properties[name];
      return;
    default:
      throw new BadRequest(`unknown update ${update.action}`);
  }
}

function addSnapshot(metadata: SimulatedMetadata, snapshot: SimulatedSnapshot): void {
  if (metadata.snapshots.some((known) => known['snapshot-id'] === snapshot['snapshot-id']))
    throw new BadRequest(`snapshot ${snapshot['snapshot-id']} exists`);
  if (snapshot['sequence-number'] <= metadata['last-sequence-number'])
    throw new BadRequest(`sequence number ${snapshot['sequence-number']} is not new`);
  metadata.snapshots.push(snapshot);
  metadata['last-sequence-number'] = snapshot['sequence-number'];
}

function chosen(id: unknown, last: number | undefined): number {
  return id === -1 ? (last ?? -1) : (id as number);
}

/** Field ids are at any depth of a schema. */
function highestId(value: unknown): number {
  if (Array.isArray(value)) return Math.max(0, ...value.map(highestId));
  if (value === null || typeof value !== 'object') return 0;
  return Object.entries(value).reduce(
    (highest, [name, inner]) =>
      Math.max(highest, /^(?:id|element-id|key-id|value-id)$/.test(name) && typeof inner === 'number' ? inner : highestId(inner)),
    0,
  );
}
