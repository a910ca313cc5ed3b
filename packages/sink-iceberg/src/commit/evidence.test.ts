import { evidenceName, evidenceSummary } from '@calve/core/plugin';
import { testIntent, testProgram } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../test/read-fixture.ts';
import { parseTableMetadata } from '../metadata/parse-metadata.ts';
import { reduceMetadata } from '../metadata/reduce-metadata.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { planAppend } from '../operation/append.ts';
import { tableEvidence } from './evidence.ts';
import { evidenceUpdates } from './keep-evidence.ts';
import { rollbackState } from './rollback.ts';

const table = parseTableMetadata(fixtureText('pyiceberg-00002.metadata.json'), 'golden');
const key = { tenant: 'test', ingestion: 'orders' };
const program = testProgram([{ target: { table: 'a.b' }, fields: [] }]);
const intentOf = (sequence: number) => testIntent(program, { key, sequence });

/** The table after a batch; `marked: false` for a catalog that dropped the property. */
function commit(metadata: TableMetadata, intent: ReturnType<typeof intentOf>, marked = true): TableMetadata {
  const { updates } = planAppend(metadata, {
    snapshotId: BigInt(intent.outputs['main']?.snapshot ?? 0),
    addition: { files: 0, rows: 0n, bytes: 0n, partitions: 0 },
    manifest: null,
    kept: [],
    manifestList: 'list',
    summary: evidenceSummary(intent),
    updates: marked ? evidenceUpdates(metadata, intent, 'main', 'property') : [],
    nowMilliseconds: 0n,
  });
  return reduceMetadata(metadata, updates, 0n);
}

describe('tableEvidence', () => {
  it('is nothing in a table of others', () => {
    expect(tableEvidence(table, key)).toBeNull();
    expect(tableEvidence(commit(table, intentOf(1)), { ...key, ingestion: 'returns' })).toBeNull();
    expect(tableEvidence(commit(table, intentOf(1)), { ...key, tenant: 'another' })).toBeNull();
  });

  it('comes from the property, also when the snapshot has expired', () => {
    const intent = intentOf(1);
    const id = BigInt(intent.outputs['main']?.snapshot ?? 0);
    const later = commit(commit(table, intent), testIntent(program, { key: { ...key, ingestion: 'returns' } }), false);
    const expired = { ...later, snapshots: later.snapshots?.filter((snapshot) => snapshot['snapshot-id'] !== id) ?? [] };
    expect(tableEvidence(expired, key)).toEqual({
      generation: 'generation-1',
      sequence: 1,
      commitId: intent.commitId,
      snapshot: String(id),
      kept: 'property',
    });
    expect(rollbackState(expired, id)).toBe('kept');
  });

  it('comes from the newest own snapshot when the property is older or gone', () => {
    const second = intentOf(2);
    const metadata = commit(commit(table, intentOf(1)), second, false);
    expect(tableEvidence(metadata, key)).toMatchObject({ sequence: 2, commitId: second.commitId, kept: 'summary' });
    expect(tableEvidence({ ...metadata, properties: {} }, key)).toMatchObject({ sequence: 2, kept: 'summary' });
  });

  it('ignores own snapshots that readers never saw, and says of those that they once saw that they were rolled back', () => {
    const head = table.refs!['main']!;
    const metadata = { ...commit(table, intentOf(1), false), refs: { main: head } };
    expect(tableEvidence({ ...metadata, 'snapshot-log': table['snapshot-log']! }, key)).toBeNull();
    expect(tableEvidence(metadata, key)).toMatchObject({ sequence: 1, kept: 'summary', rollback: 'rolled-back' });
  });

  it.each([
    'not json',
    '{}',
    '{"v":2}',
    '{"v":1,"generation":"g","sequence":1.5,"commitId":"c","snapshot":"1","writerId":"w"}',
    'null',
  ])('stops for a property that somebody changed to %s', (text) => {
    expect(() => tableEvidence({ ...table, properties: { [evidenceName(key)]: text } }, key)).toThrow(
      expect.objectContaining({ code: 'MARKER_CONFLICT' }),
    );
  });
});

describe('rollbackState', () => {
  const first = intentOf(1);
  const id = BigInt(first.outputs['main']?.snapshot ?? 0);
  const committed = commit(table, first);
  const root = table.snapshots?.[0]?.['snapshot-id'] as bigint;
  const moveTo = (metadata: TableMetadata, to: bigint): TableMetadata => ({
    ...metadata,
    refs: { main: { type: 'branch', 'snapshot-id': to } },
    'current-snapshot-id': to,
  });

  it('is kept while the snapshot is an ancestor of the head', () => {
    expect(rollbackState(committed, id)).toBe('kept');
    expect(rollbackState(commit(committed, intentOf(2)), id)).toBe('kept');
  });

  it('is rolled back when the head went back to before it', () => {
    expect(rollbackState(moveTo(committed, root), id)).toBe('rolled-back');
    expect(rollbackState({ ...committed, refs: {}, 'current-snapshot-id': -1n }, id)).toBe('rolled-back');
  });

  it('is rolled back when another snapshot was committed after going back', () => {
    const rolledBack = moveTo(committed, root);
    expect(rollbackState(commit(rolledBack, testIntent(program, { key: { ...key, ingestion: 'returns' } })), id)).toBe(
      'rolled-back',
    );
  });

  it('is undecidable when the history breaks off before the snapshot could be met', () => {
    const gap = commit(committed, intentOf(2));
    const head = commit(gap, intentOf(3));
    const between = gap.refs?.['main']?.['snapshot-id'];
    const broken = { ...head, snapshots: head.snapshots?.filter((snapshot) => snapshot['snapshot-id'] !== between) ?? [] };
    expect(rollbackState(broken, id)).toBe('undecidable');
  });
});
