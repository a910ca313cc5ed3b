import { describe, expect, it } from 'vitest';
import { type ColumnType, type Field, typeText } from '../../columns/column-type.ts';
import type { Json } from '../../json/json.ts';
import { DEFAULT_SCHEMA_POLICY } from '../../spec/default-values.ts';
import type { ColumnAnswer, ColumnQuestion } from '../column-question.ts';
import { resolveColumns } from '../resolve-columns.ts';
import * as tableSchema from '../table-schema.ts';
import { fieldsOf } from './json-shapes.fixture.ts';
import * as nested from './nested-schema.ts';

type Records = Record<string, Json>[];

function resolve(files: Record<string, Records>, more: Partial<ColumnQuestion> = {}): ColumnAnswer {
  return resolveColumns({
    units: Object.entries(files).map(([name, records]) => ({ fields: fieldsOf(records, name) })),
    names: Object.keys(files).map((name) => ({ uri: `file:///${name}`, key: name })),
    declared: {},
    table: null,
    reserved: ['_source_file'],
    policy: DEFAULT_SCHEMA_POLICY,
    limits: { maxRejectedRatio: 0.01 },
    nested,
    tableSchema,
    ...more,
  });
}

const columnsOf = ({ columns }: ColumnAnswer): string[] => columns.map(({ name, field }) => `${name}: ${typeText(field.type)}`);
const heldOf = ({ held }: ColumnAnswer): string[] =>
  [...held].map(([unit, { code, message }]) => `${unit} ${code} ${message}`).sort();
const field = (name: string, type: ColumnType, id: number): Field => ({ name, type, required: false, id });
const int64: ColumnType = { kind: 'int64' };
const string: ColumnType = { kind: 'string' };

const TABLE: Field[] = [
  field('id', int64, 1),
  field('customer', { kind: 'struct', fields: [field('name', string, 3), field('age', { kind: 'int32' }, 4)] }, 2),
  field('items', { kind: 'list', element: field('element', { kind: 'struct', fields: [field('qty', int64, 7)] }, 6) }, 5),
];

describe('nested columns of a new table', () => {
  it('get one type over all files', () => {
    const answer = resolve({
      'a.json': [{ id: 1, customer: { name: 'Ann' } }],
      'b.json': [{ customer: { name: 'Bob', tags: ['x'] }, id: 2.5 }],
    });
    expect(columnsOf(answer)).toEqual(['id: decimal(18,1)', 'customer: struct<name: string, tags: list<string>>']);
    expect(answer.columns[1]?.inside?.map(({ path }) => path.join('.'))).toEqual(['name', 'tags.element']);
  });

  it('say which values do not fit the others, and offer to make that place text', () => {
    const records = Array.from({ length: 200 }, (_, id): Record<string, Json> => ({ a: { n: id === 7 ? 'x7' : id } }));
    const answer = resolve({ 'a.json': records });
    expect(columnsOf(answer)).toEqual(['a: struct<n: int64>']);
    const finding = answer.findings.find(({ code }) => code === 'SCHEMA_VALUES_REFUTED');
    expect(finding?.message).toMatch(/"a\.n" is int64: 1 of 200 values do not fit, the first is "x7" in a\.json line 8/);
    const patch = finding?.fixes?.[0]?.specPatch[0] as { path: string; value: { type: ColumnType } } | undefined;
    expect(patch?.path).toBe('/outputs/0/columns/a');
    expect(typeText(patch!.value.type)).toBe('struct<n: string>');
  });

  it('wait, with two names that differ in case only', () => {
    const answer = resolve({ 'a.json': [{ id: 1, Id: 2 }], 'b.json': [{ id: 3 }] });
    expect(heldOf(answer)).toEqual([expect.stringMatching(/^0 SCHEMA_NAME_CONFLICT .*"id" and "Id" differ in case only/)]);
    expect(columnsOf(answer)).toEqual(['id: int64']);
  });
});

describe('nested columns of a table', () => {
  it('take new members at any depth, behind those that are there', () => {
    const answer = resolve(
      { 'a.json': [{ id: 1, customer: { vip: true, name: 'x' }, items: [{ qty: 1, sku: 'A' }] }] },
      { table: TABLE },
    );
    expect(columnsOf(answer)).toEqual([
      'id: int64',
      'customer: struct<name: string, age: int32, vip: boolean>',
      'items: list<struct<qty: int64, sku: string>>',
    ]);
    expect(answer.columns[1]?.field.id).toBe(2);
    expect(
      answer.findings.filter(({ code }) => code === 'SCHEMA_COLUMN_ADDED').map(({ message }) => message.split(' is new')[0]),
    ).toEqual(['Column "customer.vip"', 'Column "items.element.sku"']);
  });

  it.each([
    ['hold', [expect.stringMatching(/0 SCHEMA_COLUMN_HELD .*"customer\.vip" is not in the table/)], []],
    ['ignore', [], ['SCHEMA_COLUMN_IGNORED']],
    ['rescue', [], ['SCHEMA_COLUMN_RESCUED']],
  ] as const)('treat new members as the spec says: %s', (onNewColumn, held, codes) => {
    const policy = { ...DEFAULT_SCHEMA_POLICY, onNewColumn };
    const answer = resolve({ 'a.json': [{ id: 1, customer: { vip: true } }], 'b.json': [{ id: 2 }] }, { table: TABLE, policy });
    expect(heldOf(answer)).toEqual(held);
    expect(columnsOf(answer)[1]).toBe('customer: struct<name: string, age: int32>');
    expect(answer.findings.map(({ code }) => code).filter((code) => code !== 'SCHEMA_COLUMN_MISSING')).toEqual(codes);
  });

  it('warn of members of list elements, which cannot be kept aside', () => {
    const policy = { ...DEFAULT_SCHEMA_POLICY, onNewColumn: 'rescue' as const };
    const answer = resolve({ 'a.json': [{ items: [{ qty: 1, note: 'x' }] }] }, { table: TABLE, policy });
    const finding = answer.findings.find(({ code }) => code === 'SCHEMA_COLUMN_IGNORED');
    expect(finding).toMatchObject({ severity: 'warning', message: expect.stringContaining('"items.element.note"') });
  });

  it('hold a unit whose values do not fit a place inside, and name it', () => {
    const answer = resolve(
      { 'a.json': [{ items: [{ qty: 'many' }] }], 'b.json': [{ items: [{ qty: 2 }] }], 'c.json': [{ customer: 5 }] },
      { table: TABLE },
    );
    expect(heldOf(answer)).toEqual([
      expect.stringMatching(
        /^0 SCHEMA_TYPE_CONFLICT .*"items\.element\.qty" is int64, but 1 of 1 values do not fit, the first is "many" in a\.json/,
      ),
      expect.stringMatching(/^2 SCHEMA_TYPE_CONFLICT .*"customer" is a struct, but 1 of 1 values do not fit, the first is "5"/),
    ]);
  });

  it('widen a place inside where the spec lets types grow', () => {
    const policy = { ...DEFAULT_SCHEMA_POLICY, onTypeChange: 'widen' as const };
    const answer = resolve({ 'a.json': [{ customer: { age: 3_000_000_000 } }] }, { table: TABLE, policy });
    expect(columnsOf(answer)[1]).toBe('customer: struct<name: string, age: int64>');
  });

  it('hold a unit whose member differs from one of the table in case only', () => {
    const answer = resolve({ 'a.json': [{ customer: { Name: 'x' } }] }, { table: TABLE });
    expect(heldOf(answer)).toEqual([expect.stringMatching(/SCHEMA_NAME_CONFLICT .*"customer\.Name" differs from "name"/)]);
  });
});

describe('flattening', () => {
  const files = {
    'a.json': [{ id: 1, customer: { name: 'Ann', address: { zip: '01', at: [1] } } }],
    'b.json': [{ id: 2, customer: null }],
  };

  it.each([
    [1, 'keep', ['id: int64', 'customer_name: string', 'customer_address: struct<zip: string, at: list<int64>>']],
    [2, 'keep', ['id: int64', 'customer_name: string', 'customer_address_zip: string', 'customer_address_at: list<int64>']],
    [9, 'text', ['id: int64', 'customer_name: string', 'customer_address_zip: string', 'customer_address_at: string']],
  ] as const)('to depth %d with lists as %s', (depth, arrays, columns) => {
    const answer = resolve(files, { flatten: { depth, separator: '_', arrays } });
    expect(columnsOf(answer)).toEqual(columns);
    expect(answer.sources.get('customer_name')).toEqual(['customer', 'name']);
  });

  it('leaves a place nested that is no object everywhere', () => {
    const answer = resolve(
      { 'a.json': [{ a: { b: 1 } }], 'b.json': [{ a: 'x' }] },
      { flatten: { depth: 1, separator: '_', arrays: 'keep' } },
    );
    expect(columnsOf(answer)).toEqual(['a: string']);
  });

  it('holds a unit in which two places would get one name, and offers another separator', () => {
    const flatten = { depth: 1, separator: '_', arrays: 'keep' as const };
    const answer = resolve({ 'a.json': [{ a_b: 1, a: { b: 2 } }], 'b.json': [{ a_b: 3 }] }, { flatten });
    expect(heldOf(answer)).toEqual([
      expect.stringMatching(/^0 SCHEMA_NAME_CONFLICT .*"a\.b" and "a_b" would both become the column "a_b"/),
    ]);
    const patch = [...answer.held.values()][0]?.fixes?.[0]?.specPatch[0] as { path: string; value: string };
    expect(patch).toMatchObject({ path: '/outputs/0/flatten/separator', value: '__' });
    const after = resolve({ 'a.json': [{ a_b: 1, a: { b: 2 } }] }, { flatten: { ...flatten, separator: patch.value } });
    expect(columnsOf(after)).toEqual(['a_b: int64', 'a__b: int64']);
  });

  it('lets the spec declare a flattened column by its joined name', () => {
    const declared = { customer_name: { type: { kind: 'binary' as const } } };
    const answer = resolve(files, { flatten: { depth: 1, separator: '_', arrays: 'keep' }, declared });
    expect(columnsOf(answer)).toContain('customer_name: binary');
  });
});

describe('a place inside nested data', () => {
  it('becomes a column of its own where the spec names it, beside the nested one', () => {
    const declared = { zip: { from: ['customer', 'zip'] }, customer: { drop: true as const } };
    const answer = resolve({ 'a.json': [{ customer: { zip: 7 } }], 'b.json': [{ customer: { zip: 8 } }] }, { declared });
    expect(columnsOf(answer)).toEqual(['zip: int64']);
    expect(answer.sources.get('zip')).toEqual(['customer', 'zip']);
  });
});

describe('exploding', () => {
  it('takes the elements of the list for the column, and flattens what leads to it', () => {
    const records: Records = [{ id: 1, data: { page: 2, items: [{ sku: 'A' }, { sku: 'B' }] } }];
    expect(columnsOf(resolve({ 'a.json': records }, { explode: ['data', 'items'] }))).toEqual([
      'id: int64',
      'data_page: int64',
      'data_items: struct<sku: string>',
    ]);
  });

  it('warns when no file has a list there', () => {
    const { findings } = resolve({ 'a.json': [{ id: 1 }] }, { explode: ['itemz'] });
    expect(findings).toMatchObject([{ code: 'SCHEMA_COLUMN_UNKNOWN', severity: 'warning' }]);
  });
});
