import type { Field, TableChange } from '@calve/core/plugin';
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
const evolve = (metadata: TableMetadata, fields: readonly Field[], changes: TableChange[] = []) =>
  evolveSchema(metadata, { fields: [...fields], changes });
const applied = (metadata: TableMetadata, planned: readonly Field[], changes: TableChange[] = []): Field[] => {
  const evolved = evolve(metadata, planned, changes);
  if (typeof evolved === 'string') throw new TypeError(evolved);
  return columnsOf(schemaOf(reduceMetadata(metadata, evolved.updates, 0n)));
};

const updatesOf = (evolved: ReturnType<typeof evolveSchema>) => {
  if (typeof evolved === 'string') throw new TypeError(evolved);
  return evolved.updates;
};

describe('evolveSchema', () => {
  it('asks for nothing when the table is as planned', () => {
    expect(evolve(before, columns)).toEqual({ requirements: [], updates: [] });
  });

  it('adds planned columns in one commit, and asserts what they rely on', () => {
    expect(evolve(before, [...columns, extra])).toMatchObject({
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
    expect(evolve(after, [...columns, extra])).toEqual({ requirements: [], updates: [] });
  });

  it('is content with optional columns that the plan does not know', () => {
    expect(evolve(after, columns)).toEqual({ requirements: [], updates: [] });
  });

  it('goes back to a schema that the table has, instead of adding it again', () => {
    const reverted = { ...after, 'current-schema-id': 0 };
    // Its last column id is 6 already, so the column that comes now is another one.
    expect(evolve(reverted, [...columns, extra])).toMatch(/is gone/);
    const optional = change('id', { required: false });
    const evolved = evolve(before, optional);
    const twice = reduceMetadata(before, typeof evolved === 'string' ? [] : evolved.updates, 0n);
    expect(evolve({ ...twice, 'current-schema-id': 0 }, optional)).toMatchObject({
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

  const decided = (kind: 'rename-column' | 'drop-column', id: number, name: string): TableChange => ({
    kind,
    path: [name],
    before: { id, name },
    after: null,
    reason: { code: 'TEST', severity: 'info', message: '' },
  });

  it('renames and drops what the plan says, by id, and finds it done the next time', () => {
    const changes = [decided('rename-column', 4, 'note'), decided('drop-column', 5, 'ratio')];
    const wanted = change('note', { name: 'remark' }).filter(({ id }) => id !== 5);
    const result = applied(before, wanted, changes);
    expect(result.map(({ id, name }) => [id, name])).toEqual(wanted.map(({ id, name }) => [id, name]));
    const evolved = evolve(before, wanted, changes);
    const twice = reduceMetadata(before, typeof evolved === 'string' ? [] : evolved.updates, 0n);
    expect(evolve(twice, wanted, changes)).toEqual({ requirements: [], updates: [] });
  });

  it('does not drop what rows are partitioned by since, and does not rename what was renamed since', () => {
    expect(evolve(before, columns.slice(1), [decided('drop-column', 1, 'id')])).toMatch(/"id" is needed since/);
    const renamed = {
      ...before,
      schemas: before.schemas.map((schema) => ({
        ...schema,
        fields: schema.fields.map((one) => (one.id === 4 ? { ...one, name: 'other' } : one)),
      })),
    };
    expect(evolve(renamed, change('note', { name: 'remark' }), [decided('rename-column', 4, 'note')])).toMatch(
      /called "other" now/,
    );
  });

  it('adds members inside structs, lists and maps, and keeps members that others added', () => {
    const struct = (ids: [number, string][]): Field['type'] => ({
      kind: 'struct',
      fields: ids.map(([id, name]) => ({ name, id, type: { kind: 'string' }, required: false })),
    });
    const nested: Field = {
      name: 'l',
      id: 6,
      required: false,
      type: {
        kind: 'list',
        element: {
          name: 'element',
          id: 7,
          required: false,
          type: struct([
            [8, 'a'],
            [9, 'b'],
          ]),
        },
      },
    };
    const withList = reduceMetadata(before, updatesOf(evolve(before, [...columns, nested])), 0n);
    const narrower: Field = {
      ...nested,
      type: { kind: 'list', element: { name: 'element', id: 7, required: false, type: struct([[8, 'a']]) } },
    };
    expect(evolve(withList, [...columns, narrower])).toEqual({ requirements: [], updates: [] });
    const wider: Field = {
      ...nested,
      type: {
        kind: 'list',
        element: {
          name: 'element',
          id: 7,
          required: false,
          type: struct([
            [8, 'a'],
            [10, 'c'],
          ]),
        },
      },
    };
    const result = columnsOf(schemaOf(reduceMetadata(withList, updatesOf(evolve(withList, [...columns, wider])), 0n)));
    expect(result.at(-1)?.type).toMatchObject({
      element: { type: { fields: [{ id: 8 }, { id: 9, name: 'b' }, { id: 10, name: 'c' }] } },
    });
    expect(evolve({ ...withList, 'last-column-id': 10 }, [...columns, wider])).toMatch(
      /"l.element.c" with id 10 is gone or was never added/,
    );
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
    expect(evolve(metadata, planned)).toMatch(words);
  });
});
