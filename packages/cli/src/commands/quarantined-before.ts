import { type CheckpointStore, type IngestionSpec, QUARANTINED_BEFORE, type UnitRecord } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import type { FileSetAside, QuarantinedBefore, RunReport } from '../documents.ts';
import type { FileNames } from '../render/file-names.ts';
import { fileSetAside } from './file-set-aside.ts';

/**
 * Files that an earlier run quarantined and that did not change since: no run tries them again, and none may pass over them in silence. The
 * state file tells why they were quarantined. Creates nothing.
 *
 * @param skipped Of a plan; it names the first few of them.
 */
export async function quarantinedBefore(
  skipped: RunReport['skipped'],
  { id }: IngestionSpec,
  statePath: string,
  names: FileNames,
): Promise<QuarantinedBefore> {
  const group = skipped.find(({ reason }) => reason === QUARANTINED_BEFORE);
  if (group === undefined) return { count: 0, examples: [] };
  const store = await sqliteState(statePath).open();
  try {
    const records = await recordsOf(group.examples, id, store);
    return { count: group.count, examples: group.examples.map((uri) => exampleOf(uri, records.get(uri), names)) };
  } finally {
    await store.close();
  }
}

async function recordsOf(places: readonly string[], ingestion: string, store: CheckpointStore): Promise<Map<string, UnitRecord>> {
  return store.lookup({ tenant: 'default', ingestion }, 'place', places);
}

/** Where an earlier version of the file was loaded, that record hides the one that says why this version was not. */
function exampleOf(uri: string, record: UnitRecord | undefined, names: FileNames): FileSetAside {
  const known = record?.state === 'quarantined' ? fileSetAside(record, names) : null;
  return (
    known ?? { file: names.of(uri), state: 'quarantined', code: '', message: `${uri} was ${QUARANTINED_BEFORE}.`, fixes: [] }
  );
}
