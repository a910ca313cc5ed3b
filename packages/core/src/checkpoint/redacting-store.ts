import type { Redactor } from '../errors/redactor.ts';
import type { CheckpointStore, Head } from './checkpoint-store.ts';
import { redactRecord } from './redact-record.ts';
import type { UnitRecord } from './unit-record.ts';

/**
 * A store into which no secret gets: findings of unit records are redacted on their way, in the intent too. What tells one unit from another
 * stays as it is.
 */
export function redactingStore(store: CheckpointStore, redactor: Redactor): CheckpointStore {
  /** The very same records where there is nothing to redact: stores know by it that they have written them. */
  const cleanRecords = <Records extends readonly UnitRecord[]>(records: Records): Records => {
    const clean = records.map((record) => redactRecord(record, redactor));
    return clean.every((record, index) => record === records[index]) ? records : (clean as readonly UnitRecord[] as Records);
  };
  const cleanHead = (head: Head): Head =>
    head.intent ? { ...head, intent: { ...head.intent, records: cleanRecords(head.intent.records) } } : head;
  return {
    contract: 'checkpoint/1',
    location: store.location,
    read: (key) => store.read(key),
    ...(store.leases ? { leases: store.leases } : {}),
    ...(store.notes ? { notes: store.notes } : {}),
    advance: (key, expected, head, units, ...fence) =>
      store.advance(key, expected, cleanHead(head), cleanRecords(units), ...fence),
    replace: (key, expected, head, units, ...fence) =>
      store.replace(key, expected, cleanHead(head), cleanRecords(units), ...fence),
    lookup: (key, by, values) => store.lookup(key, by, values),
    unsettled: (key, unitKeys) => store.unsettled(key, unitKeys),
    scan: (key, filter) => store.scan(key, filter),
    close: () => store.close(),
  };
}
