import { evidenceSummary } from '@calve/core/plugin';
import { testIntent, testProgram } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../test/read-fixture.ts';
import { parseTableMetadata } from '../metadata/parse-metadata.ts';
import { reduceMetadata } from '../metadata/reduce-metadata.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { planAppend } from '../operation/append.ts';
import { evidenceUpdates } from './keep-evidence.ts';
import { ownCommits } from './own-commits.ts';

const table = parseTableMetadata(fixtureText('pyiceberg-00002.metadata.json'), 'golden');
const key = { tenant: 'test', ingestion: 'orders' };
const program = testProgram([{ target: { table: 'a.b' }, fields: [] }]);
const intents = [1, 2, 3].map((sequence) => testIntent(program, { key, sequence }));
const ids = intents.map(({ outputs }) => BigInt(outputs['main']?.snapshot ?? 0));

const whole = intents.reduce((metadata: TableMetadata, intent, index) => {
  const { updates } = planAppend(metadata, {
    snapshotId: ids[index]!,
    addition: { files: 0, rows: 0n, bytes: 0n, partitions: 0 },
    manifest: null,
    kept: [],
    manifestList: 'list',
    summary: evidenceSummary(intent),
    updates: evidenceUpdates(metadata, intent, 'main', 'property'),
    nowMilliseconds: BigInt(Date.UTC(2026, 0, 1 + index)),
  });
  return reduceMetadata(metadata, updates, 0n);
}, table);

/** As somebody leaves it who sets the head back by hand. */
function rolledBackTo(metadata: TableMetadata, id: bigint): TableMetadata {
  return { ...metadata, 'current-snapshot-id': id, refs: { main: { 'snapshot-id': id, type: 'branch' } } };
}

function without(metadata: TableMetadata, ...expired: bigint[]): TableMetadata {
  return { ...metadata, snapshots: (metadata.snapshots ?? []).filter((snapshot) => !expired.includes(snapshot['snapshot-id'])) };
}

function statesOf(metadata: TableMetadata): [number, string][] {
  return ownCommits(metadata, key).map(({ sequence, state }) => [sequence, state]);
}

describe('ownCommits', () => {
  it('are the snapshots of the ledger, newest first, with what they say of themselves', () => {
    const [newest] = ownCommits(whole, key);
    expect(newest).toEqual({
      generation: intents[2]!.generation,
      sequence: 3,
      commitId: intents[2]!.commitId,
      snapshot: String(ids[2]),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      units: intents[2]!.unitKeys.length,
      rejectedRows: null,
      state: 'live',
    });
    expect(statesOf(whole)).toEqual([
      [3, 'live'],
      [2, 'live'],
      [1, 'live'],
    ]);
    expect(ownCommits(whole, { ...key, ingestion: 'returns' })).toEqual([]);
    expect(ownCommits(table, key)).toEqual([]);
  });

  it.each<[string, TableMetadata, [number, string][]]>([
    [
      'the table was rolled back',
      rolledBackTo(whole, ids[0]!),
      [
        [3, 'rolled-back'],
        [2, 'rolled-back'],
        [1, 'live'],
      ],
    ],
    [
      'the oldest has expired',
      without(whole, ids[0]!),
      [
        [3, 'live'],
        [2, 'live'],
      ],
    ],
    [
      'what would tell has expired',
      without(whole, ids[1]!),
      [
        [3, 'live'],
        [1, 'undecidable'],
      ],
    ],
  ])('when %s', (_, metadata, expected) => {
    expect(statesOf(metadata)).toEqual(expected);
  });
});
