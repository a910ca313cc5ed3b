// A child process of sqlite-checkpoint-store.process.test.ts: advances one ledger until it is killed or has won often enough, and prints the
// version of each advance that was acknowledged. Arguments: path, name, number of wins.
import { writeSync } from 'node:fs';
import type { Head } from '../../src/checkpoint/checkpoint-store.ts';
import type { UnitRecord } from '../../src/checkpoint/unit-record.ts';
import { sqliteState } from '../../src/run/node/sqlite-checkpoint-store.ts';

const [path = '', name = '', wins = '0'] = process.argv.slice(2);
const ledger = { tenant: 'default', ingestion: 'orders' };
const store = await sqliteState(path, { busyTimeoutMilliseconds: 30_000 }).open();

for (let won = 0; won < Number(wins); ) {
  const state = await store.read(ledger);
  const version = state === 'absent' ? 0 : Number(state.version);
  const next = version + 1;
  const head: Head = {
    generation: 'g',
    committed: { main: next },
    commitId: name,
    intent: null,
    watermark: null,
    tag: `${name}-${next}`,
  };
  const records = Array.from({ length: 50 }, (_, index) => record(`${next}-${index}`, next));
  const outcome = await store.advance(ledger, state === 'absent' ? 'absent' : state.version, head, [
    ...records,
    record('same', next),
  ]);
  if (outcome === 'superseded') continue;
  won++;
  // Synchronous: a killed process must not take an acknowledgement with it that is still in a buffer.
  writeSync(1, `${next}\n`);
}
await store.close();

function record(key: string, sequence: number): UnitRecord {
  return {
    unit: {
      kind: 'object',
      key,
      place: `file:///${key}`,
      fingerprint: key,
      uri: `file:///${key}`,
      version: '1',
      sizeBytes: 1,
      modifiedAt: '2024-01-01T00:00:00.000Z',
    },
    state: 'ingested',
    sequence,
    counts: null,
    attempts: 1,
    observation: 'x'.repeat(500),
  };
}
