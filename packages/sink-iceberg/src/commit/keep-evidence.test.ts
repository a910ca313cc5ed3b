import { evidenceMarker, evidenceName, evidenceSummary } from '@calve/core/plugin';
import { testIntent, testProgram } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../test/read-fixture.ts';
import type { EvidenceKeeping } from '../catalog/catalog.ts';
import { parseTableMetadata } from '../metadata/parse-metadata.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { tableEvidence } from './evidence.ts';
import { evidenceUpdates, triesProperty } from './keep-evidence.ts';

const table = parseTableMetadata(fixtureText('pyiceberg-00002.metadata.json'), 'golden');
const key = { tenant: 'test', ingestion: 'orders' };
const name = evidenceName(key);
const intent = testIntent(testProgram([{ target: { table: 'a.b' }, fields: [] }]), { key });
const property = { [name]: JSON.stringify(evidenceMarker(intent, 'main')) };
const id = table.snapshots!.at(-1)!['snapshot-id'];
const withTag: TableMetadata = { ...table, refs: { ...table.refs, [name]: { type: 'tag', 'snapshot-id': id } } };
const withProperty: TableMetadata = { ...table, properties: property };
const withBoth: TableMetadata = { ...withTag, properties: property };

describe('the evidence of a commit', () => {
  const sets = { property: 'set-properties', tag: 'set-snapshot-ref', removal: 'remove-snapshot-ref' };

  it.each<[EvidenceKeeping, string, TableMetadata, (keyof typeof sets)[]]>([
    ['property', 'is new', table, ['property']],
    ['property', 'has a tag from elsewhere', withTag, ['property', 'removal']],
    ['tag', 'is new', table, ['tag']],
    ['tag', 'has a property from elsewhere', withProperty, ['tag']],
    ['unknown', 'is new', table, ['property', 'tag']],
    ['unknown', 'shows both', withBoth, ['property', 'removal']],
    ['unknown', 'shows the property', withProperty, ['property']],
    ['unknown', 'shows the tag alone', withTag, ['tag']],
  ])('where the catalog keeps: %s, and the table %s', (keeping, _, metadata, expected) => {
    const updates = evidenceUpdates(metadata, intent, 'main', keeping);
    expect(updates.map(({ action }) => action)).toEqual(expected.map((what) => sets[what]));
    expect(triesProperty(updates, intent)).toBe(expected.includes('property') && expected.includes('tag'));
    expect(triesProperty(updates, { key: { ...key, tenant: 'other' } })).toBe(false);
  });
});

describe('the tag of a ledger', () => {
  const own = { ...table, snapshots: table.snapshots!.map((one) => ({ ...one, summary: evidenceSummary(intent) })) };
  const tagged = (type: 'tag' | 'branch', snapshot: bigint): TableMetadata => ({
    ...own,
    refs: { [name]: { type, 'snapshot-id': snapshot }, main: { type: 'branch', 'snapshot-id': id } },
  });

  it('proves what the summary of its snapshot says', () => {
    expect(tableEvidence(tagged('tag', id), key)).toMatchObject({ sequence: 1, commitId: intent.commitId, kept: 'tag' });
    expect(tableEvidence(tagged('tag', id), { ...key, ingestion: 'returns' })).toBeNull();
  });

  it.each<[string, TableMetadata]>([
    ['a branch', tagged('branch', id)],
    ['on a snapshot that is not there', tagged('tag', 5n)],
    ['on a snapshot of another', { ...tagged('tag', id), snapshots: table.snapshots! }],
  ])('stops when somebody made it %s', (_, metadata) => {
    expect(() => tableEvidence(metadata, key)).toThrow(expect.objectContaining({ code: 'MARKER_CONFLICT' }));
  });
});
