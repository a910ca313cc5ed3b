import type { Redactor } from '../errors/redactor.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { redactRecord } from './redact-record.ts';

/**
 * A store into which no secret gets: findings of unit records are redacted on their way, in the intent too. What tells one unit from another
 * stays as it is.
 */
export function redactingStore(store: CheckpointStore, redactor: Redactor): CheckpointStore {
  return {
    contract: 'checkpoint/1',
    location: store.location,
    read: (key) => store.read(key),
    async advance(key, expected, head, units) {
      const { intent } = head;
      const clean = intent && { ...intent, records: intent.records.map((record) => redactRecord(record, redactor)) };
      return store.advance(
        key,
        expected,
        { ...head, intent: clean },
        units.map((record) => redactRecord(record, redactor)),
      );
    },
    lookup: (key, by, values) => store.lookup(key, by, values),
    scan: (key, filter) => store.scan(key, filter),
    close: () => store.close(),
  };
}
