import { drop, explainPlan, int64, type Json, list, string, struct } from '@calve/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lines, NestedWorld, withoutProvenance } from './nested-world.ts';

const ANN = {
  id: 1,
  customer: { name: 'Ann', address: { zip: '01234' } },
  items: [
    { sku: 'A', qty: 2 },
    { sku: 'B', qty: 3 },
  ],
};
const BOB = { id: 2, customer: null, items: [] };
const CY = {
  id: 3,
  customer: { name: 'Cy', vip: true, address: { zip: '9', street: 'S' } },
  items: [{ sku: 'D', qty: 4, note: 'n' }],
  more: { deep: [{ x: 1 }] },
};

describe('nested JSON', () => {
  it('lands nested, and new members join the table in the commit of the data', async () => {
    await using world = await NestedWorld.make({}, { 'a.jsonl': lines(ANN, BOB) });
    expect((await world.run()).result?.outcome).toBe('committed');
    world.files['b.jsonl'] = lines(CY);
    const changes = (await world.calve.plan(world.spec)).program.outputs[0]?.changes.map(
      ({ kind, path }) => `${kind} ${path.join('.')}`,
    );
    expect(changes).toEqual([
      'add-column customer.address.street',
      'add-column customer.vip',
      'add-column items.element.note',
      'add-column more',
    ]);
    expect((await world.run()).result?.outcome).toBe('committed');
    expect(await world.rows()).toEqual([
      {
        id: '1',
        customer: { name: 'Ann', address: { zip: '01234', street: null }, vip: null },
        items: [
          { sku: 'A', qty: '2', note: null },
          { sku: 'B', qty: '3', note: null },
        ],
        more: null,
      },
      { id: '2', customer: null, items: [], more: null },
      {
        id: '3',
        customer: { name: 'Cy', address: { zip: '9', street: 'S' }, vip: true },
        items: [{ sku: 'D', qty: '4', note: 'n' }],
        more: { deep: [{ x: '1' }] },
      },
    ]);
  });

  it('is shown place by place in a plan, and as JSON in a preview', async () => {
    await using world = await NestedWorld.make({}, { 'a.jsonl': lines(ANN, BOB, { tags: ['x', null], prices: [[1.5]] }) });
    const plan = await world.calve.plan(world.spec);
    const shown = explainPlan(plan).split('\n').slice(4, 14);
    expect(shown.map((line) => line.replace(/(?<=\S) {2,}/g, ' | '))).toEqual([
      '  id | int64 | decided by "1" in a.jsonl line 1: not boolean',
      '  customer | struct',
      '    name | string | decided by "Ann" in a.jsonl line 1: not int64',
      '    address | struct',
      '      zip | string | decided by "01234" in a.jsonl line 1: not int64',
      '  items | list of struct',
      '    sku | string | decided by "A" in a.jsonl line 1: not int64',
      '    qty | int64 | decided by "2" in a.jsonl line 1: not boolean',
      '  tags | list of string | decided by "x" in a.jsonl line 3: not int64',
      '  prices | list of list of decimal(18,1) | decided by "1.5" in a.jsonl line 3: not decimal(18,0)',
    ]);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    const { rows } = await world.calve.preview(world.spec, { rows: 1 });
    expect(rows.map(withoutProvenance)).toMatchObject([{ id: '1', customer: { name: 'Ann', address: { zip: '01234' } } }]);
  });

  it('lands as it is declared: members that are not named stay out', async () => {
    const columns = { customer: struct({ name: string() }), items: list(struct({ qty: int64() })), more: drop() };
    await using world = await NestedWorld.make({ columns }, { 'a.jsonl': lines(ANN, CY) });
    await world.run();
    expect(await world.rows()).toEqual([
      { id: '1', customer: { name: 'Ann' }, items: [{ qty: '2' }, { qty: '3' }] },
      { id: '3', customer: { name: 'Cy' }, items: [{ qty: '4' }] },
    ]);
  });

  it('fills columns from places inside, beside the nested column', async () => {
    const columns = { zip: { from: ['customer', 'address', 'zip'] as const }, customer: drop(), items: drop() };
    await using world = await NestedWorld.make({ columns }, { 'a.jsonl': lines(ANN, BOB) });
    await world.run();
    expect(await world.rows()).toEqual([
      { id: '1', zip: '01234' },
      { id: '2', zip: null },
    ]);
  });

  it('is a record, not the list inside of it, when a file of lines has one line only', async () => {
    await using world = await NestedWorld.make({}, { 'a.jsonl': lines(ANN) });
    await world.run();
    expect((await world.rows()).map(({ id }) => id)).toEqual(['1']);
  });

  it('comes from CSV and JSON into one table', async () => {
    await using world = await NestedWorld.make({}, { 'a.jsonl': lines(ANN, BOB), 'b.csv': 'id,note\n7,hello\n' });
    expect((await world.run()).result?.units.ingested).toBe(2);
    const rows = await world.rows();
    expect(rows.map(({ id, note, customer }) => [id, note, customer === null])).toEqual([
      ['1', null, false],
      ['2', null, true],
      ['7', 'hello', true],
    ]);
  });

  it('comes from the objects of a host', async () => {
    const rows = [
      { id: 9_007_199_254_740_993n, at: new Date(Date.UTC(2026, 0, 2)), inner: { x: [1, 2] } },
      { id: 2n, at: null, inner: undefined },
    ];
    await using world = await NestedWorld.make({}, { orders: rows });
    await world.run();
    expect(await world.rows()).toEqual([
      { id: '9007199254740993', at: '2026-01-02T00:00:00.000000Z', inner: { x: ['1', '2'] } },
      { id: '2', at: null, inner: null },
    ]);
  });
});

describe('an exploded list', () => {
  it('is counted: read + expanded = written + rejected, and each bad record is rejected once, as it was', async () => {
    const element = fc.record({
      sku: fc.constantFrom('A', 'B'),
      qty: fc.oneof({ weight: 30, arbitrary: fc.nat() }, { weight: 1, arbitrary: fc.constant('x') }),
    });
    const record = fc.record({ id: fc.nat(), items: fc.option(fc.array(element, { maxLength: 4 })) });
    const records = fc.sample(fc.array(record, { minLength: 400, maxLength: 400 }), { seed: 1, numRuns: 1 })[0] as {
      id: number;
      items: { sku: string; qty: Json }[] | null;
    }[];
    const isBad = ({ items }: (typeof records)[number]): boolean => items?.some(({ qty }) => qty === 'x') ?? false;
    const settings = { explode: ['items'] as const, flatten: { depth: 1 } };
    const limits = { maxRejectedRatio: 1 };
    await using world = await NestedWorld.make(
      { settings, limits, columns: { items_qty: int64() } },
      { 'a.jsonl': lines(...(records as unknown as Json[])) },
    );
    const { result } = await world.run();
    const bad = records.filter(isBad);
    const rows = records
      .filter((one) => !isBad(one))
      .flatMap(({ id, items }): Record<string, Json>[] =>
        items && items.length > 0
          ? items.map(({ sku, qty }) => ({ id: String(id), items_sku: sku, items_qty: String(qty) }))
          : [{ id: String(id), items_sku: null, items_qty: null }],
      );
    expect(bad.length).toBeGreaterThan(5);
    expect(result?.counts['main']).toMatchObject({
      read: 400,
      written: rows.length,
      rejected: bad.length,
      expanded: rows.length + bad.length - 400,
    });
    expect(await world.rows()).toEqual(rows);
    expect(await world.rejected()).toEqual(bad.map((one) => ({ errors: ['items_qty:int64'], raw: JSON.stringify(one) })));
    const { findings } = await world.calve.audit(world.spec);
    expect(findings).toEqual([]);
  });
});

describe('the rescue column', () => {
  it('keeps what is new in JSON, and says so', async () => {
    await using world = await NestedWorld.make(
      { schema: { onNewColumn: 'rescue' } },
      { 'a.jsonl': lines({ id: 1, c: { a: 1 } }) },
    );
    await world.run();
    world.files['b.jsonl'] = lines({ id: 2, c: { a: 2, b: [3] }, extra: '€' }, { id: 3 });
    const { result, codes } = await world.run();
    expect(result?.counts['main']).toMatchObject({ read: 2, written: 2, rejected: 0 });
    expect(codes).toContain('VALUES_RESCUED');
    const rows = await world.rows();
    expect(rows.map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(rows.map(({ _rescued_data: text }) => text && (JSON.parse(text as string) as Json))).toEqual([
      null,
      { extra: '€', c: { b: [3] } },
      null,
    ]);
  });

  it('keeps new columns of CSV and cells that cannot be typed', async () => {
    const columns = { amount: { ...int64(), onFailure: 'rescue' as const } };
    await using world = await NestedWorld.make({ columns, schema: { onNewColumn: 'rescue' } }, { 'a.csv': 'id,amount\n1,10\n' });
    await world.run();
    world.files['b.csv'] = 'id,amount,extra\n2,ten,"x ""y"""\n3,30,\n';
    const { result } = await world.run();
    expect(result?.counts['main']).toMatchObject({ read: 2, written: 2, rejected: 0 });
    expect((await world.rows()).map(({ id, amount, _rescued_data: text }) => [id, amount, text])).toEqual([
      ['1', '10', null],
      ['2', null, '{"extra":"x \\"y\\"","amount":"ten"}'],
      ['3', '30', null],
    ]);
  });
});
