import type { Field } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../test/read-fixture.ts';
import { parseTableMetadata } from '../metadata/parse-metadata.ts';
import { reduceMetadata } from '../metadata/reduce-metadata.ts';
import { schemaOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { columnsOf } from '../spec/schema-columns.ts';
import { evolveSchema } from './evolve-schema.ts';

// long id (required), decimal(12,2), timestamp, string, double; then int extra as id 6.
const before = parseTableMetadata(fixtureText('pyiceberg-00002.metadata.json'), 'golden');
const after = parseTableMetadata(fixtureText('pyiceberg-00003.metadata.json'), 'golden');
const columns = columnsOf(schemaOf(before));
const extra: Field = { name: 'extra', id: 6, type: { kind: 'int32' }, required: false };

const change = (name: string, part: Partial<Field>): Field[] =>
  columns.map((column) => (column.name === name ? { ...column, ...part } : column));
const applied = (metadata: TableMetadata, planned: readonly Field[]): Field[] => {
  const evolved = evolveSchema(metadata, planned);
  if (typeof evolved === 'string') throw new TypeError(evolved);
  return columnsOf(schemaOf(reduceMetadata(metadata, evolved.updates, 0n)));
};

describe('evolveSchema', () => {
  it('asks for nothing when the table is as planned', () => {
    expect(evolveSchema(before, columns)).toEqual({ requirements: [], updates: [] });
  });

  it('adds planned columns in one commit, and asserts what they rely on', () => {
    expect(evolveSchema(before, [...columns, extra])).toMatchObject({
      requirements: [
        { type: 'assert-last-assigned-field-id', 'last-assigned-field-id': 5 },
        { type: 'assert-current-schema-id', 'current-schema-id': 0 },
      ],
      updates: [
        { action: 'add-schema', 'last-column-id': 6, schema: { 'schema-id': 1 } },
        { action: 'set-current-schema', 'schema-id': -1 },
      ],
    });
    expect(applied(before, [...columns, extra])).toEqual(columnsOf(schemaOf(after)));
  });

  it('is content when somebody has added the same column with the same id', () => {
    expect(evolveSchema(after, [...columns, extra])).toEqual({ requirements: [], updates: [] });
  });

  it('is content with optional columns that the plan does not know', () => {
    expect(evolveSchema(after, columns)).toEqual({ requirements: [], updates: [] });
  });

  it('goes back to a schema that the table has, instead of adding it again', () => {
    const reverted = { ...after, 'current-schema-id': 0 };
    // Its last column id is 6 already, so the column that comes now is another one.
    expect(evolveSchema(reverted, [...columns, extra])).toMatch(/is gone/);
    const optional = change('id', { required: false });
    const evolved = evolveSchema(before, optional);
    const twice = reduceMetadata(before, typeof evolved === 'string' ? [] : evolved.updates, 0n);
    expect(evolveSchema({ ...twice, 'current-schema-id': 0 }, optional)).toMatchObject({
      updates: [{ action: 'set-current-schema', 'schema-id': 1 }],
    });
  });

  it('widens and relaxes columns, and keeps what else the schema says', () => {
    const documented = {
      ...before,
      schemas: before.schemas.map((schema) => ({
        ...schema,
        fields: schema.fields.map((field) => ({ ...field, doc: `about ${field.name}` })),
      })),
    };
    const result = applied(documented, change('amount', { type: { kind: 'decimal', precision: 20, scale: 2 } }));
    expect(result.find((field) => field.name === 'amount')).toMatchObject({ type: { precision: 20 }, doc: 'about amount' });
    expect(applied(before, change('id', { required: false }))[0]?.required).toBe(false);
  });

  const gone: [string, TableMetadata, readonly Field[], RegExp][] = [
    ['a column was renamed', before, change('note', { name: 'remark' }), /called "note" now/],
    ['a type was changed', before, change('note', { type: { kind: 'int64' } }), /type of the column "note"/],
    [
      'a column was dropped',
      { ...before, schemas: before.schemas.map((schema) => ({ ...schema, fields: schema.fields.slice(1) })) },
      columns,
      /"id" with id 1 is gone/,
    ],
    [
      'another column took the planned id',
      { ...before, 'last-column-id': 6 },
      [...columns, { ...extra, id: 8 }],
      /took the planned ids/,
    ],
    ['another column took the planned name', after, [...columns, { ...extra, id: 7 }], /another writer added a column "extra"/],
    [
      'a new column refuses null',
      {
        ...after,
        schemas: after.schemas.map((schema) => ({
          ...schema,
          fields: schema.fields.map((field) => ({ ...field, required: true })),
        })),
      },
      columns.map((column) => ({ ...column, required: true })),
      /must not be null/,
    ],
  ];
  it.each(gone)('tells that the plan no longer fits when %s', (_what, metadata, planned, words) => {
    expect(evolveSchema(metadata, planned)).toMatch(words);
  });
});
