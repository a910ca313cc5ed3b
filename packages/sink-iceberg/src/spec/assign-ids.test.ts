import type { Field } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { assignIds } from './assign-ids.ts';
import { columnsOf, sameTypeAndIds, schemaFieldsOf } from './schema-columns.ts';

const field = (name: string, type: Field['type'], required = false): Field => ({ name, type, required });

const nested: Field[] = [
  field('id', { kind: 'int64' }, true),
  field('tags', { kind: 'list', element: field('element', { kind: 'string' }) }),
  field('address', {
    kind: 'struct',
    fields: [field('zip', { kind: 'string' }), field('lines', { kind: 'list', element: field('element', { kind: 'string' }) })],
  }),
  field('prices', {
    kind: 'map',
    key: field('key', { kind: 'string' }, true),
    value: field('value', { kind: 'decimal', precision: 9, scale: 2 }),
  }),
];

describe('assignIds', () => {
  it('numbers a level before what is nested in it', () => {
    const { fields, lastId } = assignIds(nested, 0);
    expect(schemaFieldsOf(fields)).toEqual([
      { id: 1, name: 'id', required: true, type: 'long' },
      {
        id: 2,
        name: 'tags',
        required: false,
        type: { type: 'list', 'element-id': 5, element: 'string', 'element-required': false },
      },
      {
        id: 3,
        name: 'address',
        required: false,
        type: {
          type: 'struct',
          fields: [
            { id: 6, name: 'zip', required: false, type: 'string' },
            {
              id: 7,
              name: 'lines',
              required: false,
              type: { type: 'list', 'element-id': 8, element: 'string', 'element-required': false },
            },
          ],
        },
      },
      {
        id: 4,
        name: 'prices',
        required: false,
        type: { type: 'map', 'key-id': 9, key: 'string', 'value-id': 10, value: 'decimal(9, 2)', 'value-required': false },
      },
    ]);
    expect(lastId).toBe(10);
  });

  it('goes on after the last id of a table', () => {
    expect(assignIds(nested.slice(0, 2), 6)).toMatchObject({
      fields: [{ id: 7 }, { id: 8, type: { element: { id: 9 } } }],
      lastId: 9,
    });
  });
});

describe('columnsOf', () => {
  it('gives back what schemaFieldsOf wrote', () => {
    const { fields } = assignIds(nested, 0);
    expect(columnsOf({ type: 'struct', fields: schemaFieldsOf(fields) })).toEqual(fields);
  });

  it('tells types apart by the ids inside them', () => {
    const [, tags] = assignIds(nested, 0).fields;
    const [, other] = assignIds(nested, 1).fields;
    expect(sameTypeAndIds(tags!.type, tags!.type)).toBe(true);
    expect(sameTypeAndIds(tags!.type, other!.type)).toBe(false);
  });
});
