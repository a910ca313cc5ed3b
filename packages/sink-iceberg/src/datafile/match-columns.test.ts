import type { ColumnType, Field } from '@calve/core/plugin';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import type { MappedField } from '../spec/name-mapping.ts';
import { pageCompressor } from './compression.ts';
import type { FileProjection } from './file-projection.ts';
import { OWN_PROJECTION } from './file-projection.ts';
import { readDataFile } from './read-data-file.ts';
import { memorySource } from './testing/memory-outputs.ts';
import { columnValues, field } from './testing/test-table.ts';

const string: ColumnType = { kind: 'string' };
const int32: ColumnType = { kind: 'int32' };
const text = (values: (string | null)[]) => values.map((value) => (value === null ? null : new TextEncoder().encode(value)));

/** A file with a text column `v`, and with a struct `person` with the member `name` inside a list `people`. */
const foreign = (id?: number): Uint8Array => {
  const own = id === undefined ? {} : { field_id: id };
  return new Uint8Array(
    parquetWriteBuffer({
      schema: [
        { name: 'schema', num_children: 2 },
        { name: 'v', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY', ...own },
        { name: 'people', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'item', repetition_type: 'OPTIONAL', num_children: 1 },
        { name: 'name', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY' },
      ],
      columnData: [
        { name: 'v', data: text(['a', null, 'c']) },
        { name: 'people', data: [[{ name: text(['Ada'])[0] }, null], [], [{ name: null }]] },
      ],
      codec: 'ZSTD',
      compressors: { ZSTD: pageCompressor('zstd') },
    }),
  );
};

async function read(bytes: Uint8Array, fields: readonly Field[], projection: Partial<FileProjection>): Promise<unknown[][]> {
  const values: unknown[][] = fields.map(() => []);
  const request = { signal: new AbortController().signal, projection: { ...OWN_PROJECTION, ...projection } };
  for await (const { columns, rows } of readDataFile(memorySource(bytes), fields, request))
    for (const [at, column] of columns.entries()) values[at]!.push(...columnValues(column, fields[at]!.type, rows));
  return values;
}

const mapping: MappedField[] = [
  { 'field-id': 2, names: ['v', 'title'] },
  { names: ['nobody'] },
  {
    'field-id': 3,
    names: ['people'],
    fields: [{ 'field-id': 4, names: ['element'], fields: [{ 'field-id': 5, names: ['name', 'called'] }] }],
  },
];
const person = (members: Field[]): ColumnType => ({
  kind: 'list',
  element: field(4, 'element', { kind: 'struct', fields: members }),
});

describe('columns of a file that was written for no table', () => {
  it('are found by the name mapping of the table, whatever they are called by now, at every level', async () => {
    const fields = [field(2, 'title', string), field(3, 'crew', person([field(5, 'called', string), field(6, 'name', string)]))];
    expect(await read(foreign(), fields, { names: mapping })).toEqual([
      ['a', null, 'c'],
      [[{ called: 'Ada', name: null }, null], [], [{ called: null, name: null }]],
    ]);
  });

  it('are none of the table where its mapping does not name them, not even with the name of a column', async () => {
    const fields = [field(7, 'v', string), field(2, 'title', string)];
    expect(await read(foreign(), fields, { names: mapping })).toEqual([
      [null, null, null],
      ['a', null, 'c'],
    ]);
    expect(await read(foreign(), fields, { names: [] })).toEqual([
      [null, null, null],
      [null, null, null],
    ]);
  });

  it('are found by id first, and the mapping is for columns without one', async () => {
    const fields = [field(9, 'x', string), field(2, 'title', string), field(3, 'people', person([field(5, 'name', string)]))];
    expect((await read(foreign(9), fields, { names: mapping })).map((values) => values[0])).toEqual([
      'a',
      null,
      [{ name: 'Ada' }, null],
    ]);
  });
});

describe('values that a file lacks', () => {
  const fields = [field(10, 'country', string), field(2, 'title', string)];

  it('are those of the manifest before those of the mapping, and not before those of the file', async () => {
    const constants = new Map([
      [10, 'DE'],
      [2, 'of the manifest'],
    ]);
    const [countries, titles] = await read(foreign(), fields, { constants, names: mapping });
    expect(countries).toEqual(['DE', 'DE', 'DE']);
    expect(titles).toEqual(['of the manifest', 'of the manifest', 'of the manifest']);
    expect((await read(foreign(2), fields, { constants, names: mapping }))[1]).toEqual(['a', null, 'c']);
    expect(
      await read(foreign(), fields, { constants: new Map([[2, null]]), names: mapping, defaults: new Map([[2, 'd']]) }),
    ).toEqual([
      [null, null, null],
      [null, null, null],
    ]);
  });

  it('are initial defaults where nothing else is known, also of members of structs that are there', async () => {
    const defaults = new Map<number, string | number>([
      [10, 'none'],
      [2, 'not used'],
      [6, 7],
    ]);
    const all = [...fields, field(3, 'people', person([field(6, 'age', int32)]))];
    expect(await read(foreign(), all, { names: mapping, defaults })).toEqual([
      ['none', 'none', 'none'],
      ['a', null, 'c'],
      [[{ age: 7 }, null], [], [{ age: 7 }]],
    ]);
  });
});
