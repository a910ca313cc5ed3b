import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnBatch } from '../../columns/column-batch.ts';
import { createColumnBatch } from '../../columns/column-batch.ts';
import type { ColumnType } from '../../columns/column-type.ts';
import { readValue } from '../../columns/read-value.ts';
import type { Json } from '../../json/json.ts';
import { asText } from '../../schema/nested/reader-structure.ts';
import { openProjector } from '../open-projector.ts';
import type { ColumnRule, Projection } from '../projection.ts';
import { optional, ruleOf, type TextValue, textColumn } from './nested-values.fixture.ts';

const FACTS = { unitUri: 'memory:///a', unitVersion: '1', unitModified: '', runId: 'r', plannedAt: '' };
const int64: ColumnType = { kind: 'int64' };
const string: ColumnType = { kind: 'string' };
const item: ColumnType = { kind: 'struct', fields: [optional('sku', string), optional('qty', int64)] };
const items: ColumnType = { kind: 'list', element: optional('element', item) };

function batchOf(columns: Record<string, [ColumnType, TextValue[]]>): ColumnBatch {
  const entries = Object.entries(columns);
  return createColumnBatch({
    fields: entries.map(([name, [type]]) => optional(name, asText(type))),
    columns: entries.map(([, [type, values]]) => textColumn(asText(type), values)),
    rows: entries[0]![1][1].length,
  });
}

async function project(projection: Omit<Projection, 'version' | 'unknownFields'>, batch: ColumnBatch) {
  const projector = await openProjector({ version: 1, unknownFields: 'ignore', ...projection });
  const { accepted, ...rest } = projector.apply(batch, FACTS);
  const rows = Array.from({ length: accepted.rows }, (_, row) =>
    Object.fromEntries(
      accepted.fields.map(({ name, type }, at): [string, Json] => [name, readValue(accepted.columns[at]!, type, row)]),
    ),
  );
  return { rows, ...rest };
}

const id = ruleOf(optional('id', int64), ['id']);
const sku = ruleOf(optional('sku', string), ['items', 'sku']);
const qty = ruleOf(optional('qty', int64), ['items', 'qty']);

describe('an exploded list', () => {
  const batch = () =>
    batchOf({
      id: [int64, ['1', '2', '3', '4']],
      items: [
        items,
        [
          [
            { sku: 'A', qty: '2' },
            { sku: 'B', qty: '3' },
          ],
          [],
          null,
          [{ sku: 'C', qty: null }],
        ],
      ],
    });

  it('gives a row per element beside the other columns, and one row to a record without elements', async () => {
    const { rows, expanded, rejected } = await project({ rules: [id, sku, qty], explode: ['items'] }, batch());
    expect(rows).toEqual([
      { id: '1', sku: 'A', qty: '2' },
      { id: '1', sku: 'B', qty: '3' },
      { id: '2', sku: null, qty: null },
      { id: '3', sku: null, qty: null },
      { id: '4', sku: 'C', qty: null },
    ]);
    expect([expanded, rejected]).toEqual([1, []]);
  });

  it('keeps the element nested where nobody flattens it, and numbers rows by their record', async () => {
    const element = ruleOf(optional('items', item), ['items']);
    const record: ColumnRule = { target: optional('record', int64), kind: 'provenance', value: 'record' };
    const { rows } = await project({ rules: [element, record], explode: ['items'] }, batch());
    expect(rows.slice(0, 3)).toEqual([
      { items: { sku: 'A', qty: '2' }, record: '1' },
      { items: { sku: 'B', qty: '3' }, record: '1' },
      { items: null, record: '2' },
    ]);
  });

  it('rejects a record as a whole when one of its elements is wrong', async () => {
    const bad = batchOf({
      id: [int64, ['1', '2']],
      items: [
        items,
        [
          [
            { sku: 'A', qty: 'x' },
            { sku: 'B', qty: 'y' },
          ],
          [{ sku: 'C', qty: '1' }],
        ],
      ],
    });
    const { rows, rejected, expanded } = await project({ rules: [id, sku, qty], explode: ['items'] }, bad);
    expect(rows).toEqual([{ id: '2', sku: 'C', qty: '1' }]);
    expect(rejected).toMatchObject([{ codes: ['qty:int64'], columns: ['qty'], position: { record: 1 } }]);
    expect(expanded).toBe(0);
  });

  it('rejects a record without elements where the element is required or a key', async () => {
    const required = ruleOf({ ...optional('qty', int64), required: true }, ['items', 'qty']);
    const first = await project({ rules: [id, required], explode: ['items'] }, batch());
    expect(first.rejected.map(({ codes, position }) => [position.record, codes])).toEqual([
      [2, ['qty:null']],
      [3, ['qty:null']],
      [4, ['qty:null']],
    ]);
    const keyed = await project({ rules: [id, sku], keys: ['sku'], explode: ['items'] }, batch());
    expect(keyed.rejected.map(({ codes, position }) => [position.record, codes])).toEqual([
      [2, ['sku:null-key']],
      [3, ['sku:null-key']],
    ]);
  });

  it('is one row per record when the batch has no such list', async () => {
    const { rows } = await project({ rules: [id, sku], explode: ['items'] }, batchOf({ id: [int64, ['1', '2']] }));
    expect(rows).toEqual([
      { id: '1', sku: null },
      { id: '2', sku: null },
    ]);
  });

  it('keeps the counting law: rows read + expanded = accepted + rejected', async () => {
    const quantity = fc.oneof({ weight: 8, arbitrary: fc.nat().map(String) }, { weight: 1, arbitrary: fc.constantFrom('x', '') });
    const element = fc.record({ sku: fc.string({ maxLength: 3 }).map((text) => text.toWellFormed()), qty: quantity });
    const lists = fc.array(fc.option(fc.array(element, { maxLength: 5 })), { minLength: 1, maxLength: 40 });
    let expandedRows = 0;
    let rejectedRows = 0;
    await fc.assert(
      fc.asyncProperty(lists, async (values) => {
        const given = batchOf({ id: [int64, values.map((_, row) => String(row))], items: [items, values] });
        const { rows, rejected, expanded } = await project({ rules: [id, sku, qty], explode: ['items'] }, given);
        expect(values.length + expanded).toBe(rows.length + rejected.length);
        const good = values.flatMap((list, row): Record<string, Json>[] => {
          if (list?.some((one) => !/^\d+$/.test(one.qty))) return [];
          return list && list.length > 0
            ? list.map((one) => ({ id: String(row), ...one }))
            : [{ id: String(row), sku: null, qty: null }];
        });
        expect(rows).toEqual(good);
        expandedRows += expanded;
        rejectedRows += rejected.length;
      }),
    );
    expect(Math.min(expandedRows, rejectedRows)).toBeGreaterThan(20);
  });
});

describe('the rescue column', () => {
  const rescue = (sources: string[], from: string | null = null): ColumnRule => ({
    target: optional('_rescued_data', string),
    kind: 'rescue',
    sources,
    from,
  });
  const rescued = (rows: Record<string, Json>[]): Json[] =>
    rows.map((row) => (row['_rescued_data'] === null ? null : (JSON.parse(row['_rescued_data'] as string) as Json)));

  it('keeps columns that nobody reads, where they have a value', async () => {
    const batch = batchOf({ id: [int64, ['1', '2', '3']], 'we "ird': [string, ['say "hi"\n\u0001', null, '']] });
    const { rows, rescued: count } = await project({ rules: [id, rescue(['we "ird'])] }, batch);
    expect(rescued(rows)).toEqual([{ 'we "ird': 'say "hi"\n\u0001' }, null, { 'we "ird': '' }]);
    expect(count).toBe(2);
  });

  it('keeps a column with a value that cannot be typed, whole, and loads the row without it', async () => {
    const tags: ColumnType = { kind: 'list', element: optional('element', int64) };
    const batch = batchOf({ n: [int64, ['1', 'x']], tags: [tags, [['1', 'two'], ['3']]] });
    const rules = [ruleOf(optional('n', int64), ['n'], 'rescue'), ruleOf(optional('tags', tags), ['tags'], 'rescue'), rescue([])];
    const { rows, rejected } = await project({ rules }, batch);
    expect(rejected).toEqual([]);
    expect(rows.map(({ n, tags: list }) => [n, list])).toEqual([
      ['1', null],
      [null, ['3']],
    ]);
    expect(rescued(rows)).toEqual([{ tags: ['1', 'two'] }, { n: 'x' }]);
  });

  it('joins the members that the reader kept aside', async () => {
    const batch = batchOf({ id: [int64, ['x', '2', '3']], rest: [string, ['{"z":[1, 2]}', '{"y":"é"}', null]] });
    const { rows } = await project({ rules: [ruleOf(optional('id', int64), ['id'], 'rescue'), rescue([], 'rest')] }, batch);
    expect(rescued(rows)).toEqual([{ id: 'x', z: [1, 2] }, { y: 'é' }, null]);
  });

  it('does not count rows that are rejected', async () => {
    const batch = batchOf({ id: [int64, ['x', '2']], more: [string, ['a', 'b']] });
    const { rows, rejected, rescued: count } = await project({ rules: [id, rescue(['more'])] }, batch);
    expect([rows.length, rejected.length, count]).toEqual([1, 1, 1]);
  });
});

describe('a source inside nested data', () => {
  it('is null where what is around it is', async () => {
    const customer: ColumnType = { kind: 'struct', fields: [optional('zip', int64)] };
    const batch = batchOf({ customer: [customer, [{ zip: '1' }, null, { zip: null }]] });
    const { rows } = await project({ rules: [ruleOf(optional('zip', int64), ['customer', 'zip'])] }, batch);
    expect(rows.map(({ zip }) => zip)).toEqual(['1', null, null]);
  });
});
