import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../test/read-fixture.ts';
import { exactJsonText } from './exact-json.ts';
import { parseTableMetadata } from './parse-metadata.ts';
import { headOf, schemaOf, specOf } from './select.ts';

const goldens = [
  ...[0, 1, 2, 3].map((number) => `pyiceberg-0000${number}.metadata.json`),
  'written-by-spark/table.metadata.json',
  'written-by-pyiceberg/table.metadata.json',
];

/** JSON in which every number is the text that stands in the file. */
function sourceDigits(text: string): unknown {
  const reviver = (_key: string, value: unknown, { source }: { source: string }): unknown =>
    typeof value === 'number' ? source : value;
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

describe('parseTableMetadata', () => {
  it.each(goldens)('loads %s and writes it again with all values kept', (name) => {
    const text = fixtureText(name);
    const metadata = parseTableMetadata(text, name);
    expect(sourceDigits(exactJsonText(metadata))).toEqual(sourceDigits(text));
    expect(schemaOf(metadata).fields.length).toBeGreaterThan(0);
    expect(specOf(metadata).fields.length).toBeGreaterThan(0);
  });

  it('keeps members that it does not know, at every level', () => {
    const value = JSON.parse(fixtureText('pyiceberg-00000.metadata.json')) as { schemas: object[] };
    const text = JSON.stringify({
      ...value,
      'a-later-member': { x: [1, 2.5] },
      schemas: value.schemas.map((schema) => ({ ...schema, 'of-schema': true })),
    });
    expect(sourceDigits(exactJsonText(parseTableMetadata(text, 'x')))).toEqual(sourceDigits(text));
  });

  it('completes a table of format version 1', () => {
    const metadata = parseTableMetadata(
      JSON.stringify({
        'format-version': 1,
        'table-uuid': 'd20125c8-7284-442c-9aea-15fee620737c',
        location: 's3://bucket/table',
        'last-updated-ms': 1602638573874,
        'last-column-id': 3,
        schema: { type: 'struct', fields: [{ id: 1, name: 'x', required: true, type: 'long' }] },
        'partition-spec': [{ name: 'x', transform: 'identity', 'source-id': 1, 'field-id': 1000 }],
        properties: {},
        'current-snapshot-id': -1,
        snapshots: [{ 'snapshot-id': 1, 'timestamp-ms': 1, 'manifest-list': 's3://list' }],
      }),
      'v1',
    );
    expect(schemaOf(metadata)).toMatchObject({ 'schema-id': 0, fields: [{ name: 'x' }] });
    expect(specOf(metadata).fields).toHaveLength(1);
    expect(metadata['last-partition-id']).toBe(1000);
    expect(metadata.snapshots?.[0]).toMatchObject({ 'sequence-number': 0n, summary: {} });
    expect(headOf(metadata)).toBeNull();
  });

  const broken: [string, string, string][] = [
    ['text that is not JSON', '<html>', 'ICEBERG_METADATA_INVALID'],
    ['null', 'null', 'ICEBERG_METADATA_INVALID'],
    ['another JSON value', '{"format-version":2}', 'ICEBERG_METADATA_INVALID'],
    ['a later format version', '{"format-version":4}', 'ICEBERG_FORMAT_VERSION_UNSUPPORTED'],
  ];
  it.each(broken)('refuses %s', (_what, text, code) => {
    expect(() => parseTableMetadata(text, 'file:///t/metadata/1.json')).toThrow(expect.objectContaining({ code }));
  });

  it('takes a current schema that is missing for an error, never for an empty table', () => {
    const metadata = parseTableMetadata(
      fixtureText('pyiceberg-00000.metadata.json').replace('"current-schema-id": 0', '"current-schema-id": 9'),
      'x',
    );
    expect(() => schemaOf(metadata)).toThrow(expect.objectContaining({ code: 'ICEBERG_METADATA_INVALID' }));
  });
});
