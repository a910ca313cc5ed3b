import { CalveError } from '@calve/core/plugin';
import { addSnapshot, later, removeSnapshots, setReference } from './reduce-snapshots.ts';
import { findSnapshot } from './select.ts';
import type { TableMetadata } from './table-metadata.ts';
import type { TableUpdate } from './table-update.ts';
import { refused } from './update-refused.ts';

/** Ids that updates of one commit added last: what -1 stands for. */
interface LastAdded {
  schema?: number;
  spec?: number;
  sortOrder?: number;
}

/** Highest format version that we write. */
const HIGHEST_WRITABLE_VERSION = 2;

/**
 * The metadata after a list of updates. Pure: the metadata that goes in is not changed.
 *
 * @param metadata `null`: a table that does not exist yet; the updates must then say everything that a table needs.
 * @param updates In the order in which they are applied.
 * @param nowMilliseconds Since 1970-01-01 UTC; `last-updated-ms` becomes this, or stays where it is if it is already later.
 * @throws {CalveError} `ICEBERG_UPDATE_REFUSED`: an update contradicts the metadata: a duplicate snapshot id, a stale sequence
 *   number, an unknown id, another uuid. `ICEBERG_UPDATE_UNSUPPORTED`: an update that we do not know.
 */
export function reduceMetadata(
  metadata: TableMetadata | null,
  updates: readonly TableUpdate[],
  nowMilliseconds: bigint,
): TableMetadata {
  const last: LastAdded = {};
  const result = updates.reduce((state, update) => reduceUpdate(state, update, last), metadata ?? emptyMetadata());
  checkComplete(result);
  if (updates.length === 0 && metadata) return metadata;
  return { ...result, 'last-updated-ms': later(nowMilliseconds, result['last-updated-ms']) };
}

function emptyMetadata(): TableMetadata {
  return {
    'format-version': HIGHEST_WRITABLE_VERSION,
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
    'current-snapshot-id': -1n,
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
    refs: {},
  };
}

function reduceUpdate(state: TableMetadata, update: TableUpdate, last: LastAdded): TableMetadata {
  switch (update.action) {
    case 'assign-uuid':
      if (state['table-uuid'] !== '' && state['table-uuid'] !== update.uuid) throw refused('the uuid of a table cannot change');
      return { ...state, 'table-uuid': update.uuid };
    case 'upgrade-format-version': {
      const version = update['format-version'];
      if (version < state['format-version'])
        throw refused(`format version ${state['format-version']} cannot go back to ${version}`);
      if (version > Math.max(HIGHEST_WRITABLE_VERSION, state['format-version']))
        throw refused(`format version ${version} is not supported`);
      return { ...state, 'format-version': version };
    }
    case 'add-schema': {
      const id = update.schema['schema-id'];
      if (state.schemas.some((schema) => schema['schema-id'] === id)) throw refused(`there is a schema ${id} already`);
      last.schema = id;
      const columnId = Math.max(state['last-column-id'], update['last-column-id'] ?? 0, highestId(update.schema));
      return { ...state, schemas: [...state.schemas, update.schema], 'last-column-id': columnId };
    }
    case 'set-current-schema': {
      const id = chosen(update['schema-id'], last.schema, 'schema');
      if (!state.schemas.some((schema) => schema['schema-id'] === id)) throw refused(`there is no schema ${id}`);
      return { ...state, 'current-schema-id': id };
    }
    case 'add-spec': {
      const id = update.spec['spec-id'];
      if (state['partition-specs'].some((spec) => spec['spec-id'] === id))
        throw refused(`there is a partition spec ${id} already`);
      last.spec = id;
      const partitionId = Math.max(state['last-partition-id'], ...update.spec.fields.map((field) => field['field-id']));
      return { ...state, 'partition-specs': [...state['partition-specs'], update.spec], 'last-partition-id': partitionId };
    }
    case 'set-default-spec': {
      const id = chosen(update['spec-id'], last.spec, 'partition spec');
      if (!state['partition-specs'].some((spec) => spec['spec-id'] === id)) throw refused(`there is no partition spec ${id}`);
      return { ...state, 'default-spec-id': id };
    }
    case 'add-sort-order': {
      const id = update['sort-order']['order-id'];
      if (state['sort-orders'].some((order) => order['order-id'] === id)) throw refused(`there is a sort order ${id} already`);
      last.sortOrder = id;
      return { ...state, 'sort-orders': [...state['sort-orders'], update['sort-order']] };
    }
    case 'set-default-sort-order': {
      const id = chosen(update['sort-order-id'], last.sortOrder, 'sort order');
      if (!state['sort-orders'].some((order) => order['order-id'] === id)) throw refused(`there is no sort order ${id}`);
      return { ...state, 'default-sort-order-id': id };
    }
    case 'add-snapshot':
      return addSnapshot(state, update.snapshot);
    case 'set-snapshot-ref': {
      const { action: _action, 'ref-name': name, ...reference } = update;
      if (!findSnapshot(state, reference['snapshot-id']))
        throw refused(`"${name}" cannot point to snapshot ${reference['snapshot-id']}, which is not there`);
      return setReference(state, name, reference);
    }
    case 'remove-snapshots':
      return removeSnapshots(state, update['snapshot-ids']);
    case 'remove-snapshot-ref': {
      const { [update['ref-name']]: _removed, ...refs } = state.refs ?? {};
      return { ...state, refs, ...(update['ref-name'] === 'main' ? { 'current-snapshot-id': -1n } : {}) };
    }
    case 'set-location':
      return { ...state, location: update.location };
    case 'set-properties':
      return { ...state, properties: { ...state.properties, ...update.updates } };
    case 'remove-properties': {
      const kept = Object.entries(state.properties ?? {}).filter(([name]) => !update.removals.includes(name));
      return { ...state, properties: Object.fromEntries(kept) };
    }
    default: {
      const { action } = update as { action: string };
      throw new CalveError(
        'ICEBERG_UPDATE_UNSUPPORTED',
        `The commit contains the update "${action}", which this catalog does not know.`,
        {
          context: { action },
        },
      );
    }
  }
}

function chosen(id: number, lastAdded: number | undefined, what: string): number {
  if (id !== -1) return id;
  if (lastAdded === undefined) throw refused(`-1 names the last added ${what}, but this commit adds none`);
  return lastAdded;
}

function checkComplete(metadata: TableMetadata): void {
  if (metadata['table-uuid'] === '' || metadata.location === '') throw refused('a new table needs a uuid and a location');
  if (metadata['current-schema-id'] < 0 || metadata['default-spec-id'] < 0 || metadata['default-sort-order-id'] < 0)
    throw refused('a new table needs a schema, a partition spec and a sort order');
}

/** Highest field id inside a schema, nested ones included. */
function highestId(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  const own = Object.entries(value).map(([name, member]) =>
    typeof member === 'number' && ['id', 'element-id', 'key-id', 'value-id'].includes(name) ? member : highestId(member),
  );
  return Math.max(0, ...own);
}
