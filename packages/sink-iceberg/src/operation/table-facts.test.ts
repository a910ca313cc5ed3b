import { expect, it } from 'vitest';
import { fixtureText } from '../../test/read-fixture.ts';
import { parseTableMetadata } from '../metadata/parse-metadata.ts';
import { schemaOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { tableState } from './table-facts.ts';

const table = parseTableMetadata(fixtureText('pyiceberg-00002.metadata.json'), 'golden');

/** The table after each of the steps: column id -> its name; null: the column is gone. */
function after(...steps: Record<number, string | null>[]): TableMetadata {
  const schemas = [schemaOf(table)];
  for (const names of steps) {
    const { fields, ...rest } = schemas.at(-1)!;
    const kept = fields.filter((field) => names[field.id] !== null);
    const named = kept.map((field) => ({ ...field, name: names[field.id] ?? field.name }));
    schemas.push({ ...rest, 'schema-id': schemas.length, fields: named });
  }
  return { ...table, schemas, 'current-schema-id': schemas.length - 1 };
}
const renamedIn = (metadata: TableMetadata) =>
  tableState({ metadata } as unknown as Parameters<typeof tableState>[0]).renamed?.map(({ from, to }) => `${from} -> ${to}`);
const [first, second] = schemaOf(table).fields.map(({ id, name }) => ({ id, name })) as [
  { id: number; name: string },
  { id: number; name: string },
];

it('a table knows every name that its columns had, by their ids', () => {
  expect(renamedIn(table)).toBeUndefined();
  expect(renamedIn(after({ [first.id]: 'a' }, { [first.id]: 'b' }))).toEqual(['a -> b', `${first.name} -> b`]);
});

it('a name that a column has now, in any case, is no former one; neither is that of a column that is gone', () => {
  expect(renamedIn(after({ [first.id]: first.name.toUpperCase() }))).toBeUndefined();
  expect(renamedIn(after({ [first.id]: 'a' }, { [second.id]: first.name }))).toEqual([`${second.name} -> ${first.name}`]);
  expect(renamedIn(after({ [first.id]: 'a' }, { [first.id]: null }))).toBeUndefined();
});
