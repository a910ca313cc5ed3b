import { evidenceMarker, evidenceName, evidenceSummary, SUMMARY_KEYS, wapId } from '@calve/core/plugin';
import { testIntent, testProgram } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../test/read-fixture.ts';
import { parseTableMetadata } from '../metadata/parse-metadata.ts';
import type { Snapshot, TableMetadata } from '../metadata/table-metadata.ts';
import { tableEvidence } from './evidence.ts';
import { ownCommits } from './own-commits.ts';
import { snapshotEvidence } from './snapshot-evidence.ts';

const key = { tenant: 'test', ingestion: 'orders' };
const identity = { key, generation: 'g1', sequence: 7, commitId: 'c7' };
const table = parseTableMetadata(fixtureText('pyiceberg-00002.metadata.json'), 'golden');
const head = table.snapshots!.at(-1)!;
const own = evidenceSummary(testIntent(testProgram([{ target: { table: 'a.b' }, fields: [] }]), { key, sequence: 3 }));

function withSummary(summary: Record<string, string>): Snapshot {
  return { ...head, 'snapshot-id': 9_007_199_254_740_993n, summary };
}

describe('what a snapshot says of the commit that made it', () => {
  const facts = { generation: 'g1', sequence: 7, commitId: 'c7', snapshot: '9007199254740993', kept: 'summary' };

  it.each<[string, Record<string, string>, object | null]>([
    ['the keys of this engine', own, { sequence: 3 }],
    ['the id that Spark staged it under', { 'wap.id': wapId(identity) }, facts],
    ['the id that Spark published it under', { 'published-wap-id': wapId(identity) }, facts],
    ['another id, and ours as the published one', { 'wap.id': 'nightly', 'published-wap-id': wapId(identity) }, facts],
    ['both: the keys of this engine count', { ...own, 'wap.id': wapId(identity) }, { sequence: 3 }],
    ['keys that make no sense, and an id', { ...own, [SUMMARY_KEYS.sequence]: 'three', 'wap.id': wapId(identity) }, facts],
    ['nothing', {}, null],
    ['an id of somebody else', { 'wap.id': 'nightly-2026-01-01' }, null],
    ['the id of another tenant', { 'wap.id': wapId({ ...identity, key: { ...key, tenant: 'other' } }) }, null],
    ['the id of another ingestion', { 'published-wap-id': wapId({ ...identity, key: { ...key, ingestion: 'returns' } }) }, null],
    ['an id with a part too many', { 'wap.id': `${wapId(identity)}:x` }, null],
    ['a number that no double holds', { 'wap.id': wapId(identity).replace(':7:', ':9007199254740993:') }, null],
    ['a number with a sign', { ...own, [SUMMARY_KEYS.sequence]: '-3' }, null],
    ['a number as a power', { ...own, [SUMMARY_KEYS.sequence]: '1e3' }, null],
    ['no number', { ...own, [SUMMARY_KEYS.sequence]: '' }, null],
  ])('%s', (_, summary, expected) => {
    const found = snapshotEvidence(withSummary(summary), key);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });
});

describe('a snapshot that Spark staged', () => {
  const staged: Snapshot = {
    ...head,
    'snapshot-id': 11n,
    'parent-snapshot-id': head['snapshot-id'],
    'sequence-number': 90n,
    summary: { 'wap.id': wapId(identity) },
  };
  const beside: TableMetadata = { ...table, snapshots: [...(table.snapshots ?? []), staged] };
  const moveTo = (metadata: TableMetadata, id: bigint): TableMetadata => ({
    ...metadata,
    'current-snapshot-id': id,
    refs: { main: { type: 'branch', 'snapshot-id': id } },
    'snapshot-log': [...(metadata['snapshot-log'] ?? []), { 'snapshot-id': id, 'timestamp-ms': 0n }],
  });

  it('is no evidence and no commit while nobody has published it', () => {
    expect(tableEvidence(beside, key)).toBeNull();
    expect(ownCommits(beside, key)).toEqual([]);
  });

  it('is both once it is the head, or before it', () => {
    const published = moveTo(beside, 11n);
    expect(tableEvidence(published, key)).toMatchObject({ sequence: 7, snapshot: '11', kept: 'summary' });
    const next: Snapshot = { ...head, 'snapshot-id': 12n, 'parent-snapshot-id': 11n, 'sequence-number': 91n, summary: {} };
    const later = moveTo({ ...published, snapshots: [...published.snapshots!, next] }, 12n);
    expect(tableEvidence(later, key)).toMatchObject({ sequence: 7 });
    expect(ownCommits(later, key)).toMatchObject([{ sequence: 7, state: 'live', units: null }]);
  });

  it('is a commit that was rolled back when the head went back over it', () => {
    const back = moveTo(moveTo(beside, 11n), head['snapshot-id']);
    expect(ownCommits(back, key)).toMatchObject([{ sequence: 7, state: 'rolled-back' }]);
    const found = tableEvidence(back, key);
    expect(found).toMatchObject({ sequence: 7, snapshot: '11', kept: 'summary', rollback: 'rolled-back' });
    const accepted = { snapshot: '11', head: String(head['snapshot-id']), isReingested: true };
    expect(tableEvidence(back, key, accepted)?.rollback).toBeUndefined();
    expect(tableEvidence(moveTo(back, 11n), key, accepted)?.rollback).toBe('came-back');
  });

  it.each([
    [6, 7],
    [7, 7],
    [8, 8],
  ])('beside a property of commit %i gives commit %i, the higher one', (sequence, expected) => {
    const intent = testIntent(testProgram([{ target: { table: 'a.b' }, fields: [] }]), {
      key,
      sequence,
      snapshots: { main: '999' },
    });
    const properties = { [evidenceName(key)]: JSON.stringify(evidenceMarker(intent, 'main')) };
    expect(tableEvidence({ ...moveTo(beside, 11n), properties }, key)).toMatchObject({
      sequence: expected,
      kept: sequence < 7 ? 'summary' : 'property',
    });
  });
});
