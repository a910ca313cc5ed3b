import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ColumnSpec, createCalve, drop, explainPlan, memoryState } from '@calve/core';
import { csvFormat } from '@calve/format-csv';
import { jsonFormat } from '@calve/format-json';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CanonicalTable, type PyIcebergReader, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';

describe.runIf(requireTier('python'))('a table whose columns a spec renames, drops, widens and adds', () => {
  let folder: string;
  let pyIceberg: PyIcebergReader;
  const state = memoryState();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calve-evolved-'));
    await mkdir(join(folder, 'landing'));
    pyIceberg = await startPyIceberg();
  });
  afterAll(async () => {
    await pyIceberg?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function load(name: string, text: string, columns: Record<string, ColumnSpec>) {
    await writeFile(join(folder, 'landing', name), text);
    await using calve = createCalve({
      sources: { local: localSource() },
      formats: { csv: csvFormat() },
      sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'warehouse') }) },
      state,
    });
    const spec = calve
      .ingestion('orders')
      .from('local', { path: join(folder, 'landing') })
      .as('csv', { header: true, delimiter: ',' })
      .columns(columns)
      .schema({ onTypeChange: 'widen' })
      .settle(0)
      .limits({ maxRejectedRatio: 1 })
      .into(
        'lake',
        {
          table: 'sales.orders',
          partitionBy: [{ transform: 'truncate', column: 'id', width: 100 }],
          sortBy: [{ column: 'id', direction: 'desc' }],
          required: ['id'],
          columnComments: { id: 'number of the order' },
          comment: 'orders of the shop',
        },
        { provenance: [] },
      )
      .build();
    const plan = await calve.plan(spec);
    const { counts } = await calve.run(spec);
    return { plan, rejected: counts['main']?.rejected, text: explainPlan(plan) };
  }

  async function rows(): Promise<CanonicalTable> {
    const catalog = `SqlCatalog("calve", uri="sqlite:///${folder}/catalog.db", warehouse="file://${folder}/warehouse")`;
    return pyIceberg.run(
      `from pyiceberg.catalog.sql import SqlCatalog; ${catalog}.load_table("sales.orders").scan().to_arrow().sort_by("id")`,
    );
  }

  it('keeps the values of renamed columns, takes files with the old and the new name, and asks for each change once', async () => {
    const first = await load('a.csv', 'id,client,amount,legacy\n1,Zürich,1.50,x\n2,Bern,2.25,y\n', {
      id: { type: { kind: 'int64' } },
    });
    expect(first.text).toContain('partitioned by truncate[100](id), each file sorted by id desc nulls last');
    const specs: Record<string, ColumnSpec> = {
      id: { type: { kind: 'int64' } },
      customer: { renamedFrom: 'client' },
      legacy: drop('from-table'),
    };
    const second = await load('b.csv', 'id,client,amount,note\n3,Basel,99999999999999999.75,new\n,nobody,1.00,no id\n', specs);
    expect(second.rejected).toBe(1);
    expect(second.text).toContain('The column "client" of sales.orders is called "customer" from now on; its values stay.');
    expect(second.text).toContain('The column "legacy" (string) is dropped from sales.orders');
    expect(second.text).toContain('The new column "note" (string) is added');
    expect(second.text).not.toContain('no file has it');
    expect(second.text).toMatch(/"amount" is widened from decimal\(\d+,2\) to decimal\(38,2\)/);
    const third = await load('c.csv', 'customer,legacy,id,amount\nLugano,z,4,4.00\n', specs);
    expect(third.plan.program.outputs[0]?.changes).toEqual([]);
    expect(await rows()).toEqual({
      schema: [
        ['id', 'int64'],
        ['customer', 'string'],
        ['amount', 'decimal(38,2)'],
        ['note', 'string'],
      ],
      rows: [
        ['1', 'Zürich', '1.50', null],
        ['2', 'Bern', '2.25', null],
        ['3', 'Basel', '99999999999999999.75', 'new'],
        ['4', 'Lugano', '4.00', null],
      ],
    });
  });

  it('wrote its layout into the metadata', async () => {
    const catalog = `SqlCatalog("calve", uri="sqlite:///${folder}/catalog.db", warehouse="file://${folder}/warehouse")`;
    const said = await pyIceberg.execute(
      `from pyiceberg.catalog.sql import SqlCatalog; t = ${catalog}.load_table("sales.orders"); [str(f.transform) for f in t.spec().fields] + [str(f) for f in t.sort_order().fields] + [t.schema().find_field("id").doc, t.schema().find_field("id").required, t.properties["comment"]] + [sorted({task.file.sort_order_id for task in t.scan().plan_files()})]`,
    );
    expect(said).toBe("['truncate[100]', '1 DESC NULLS LAST', 'number of the order', True, 'orders of the shop', [1]]");
  });

  it('renames columns with nested values, and adds and widens their members', async () => {
    await mkdir(join(folder, 'people'));
    const people = async (name: string, lines: unknown[], columns: Record<string, ColumnSpec>) => {
      await writeFile(join(folder, 'people', name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await using calve = createCalve({
        sources: { local: localSource() },
        formats: { json: jsonFormat() },
        sinks: {
          lake: icebergSink({ catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'warehouse') }),
        },
        state,
      });
      const spec = calve
        .ingestion('people')
        .from('local', { path: join(folder, 'people') })
        .as('json', {})
        .columns(columns)
        .settle(0)
        .into('lake', { table: 'sales.people', sortBy: [{ column: ['home', 'city'] }] }, { provenance: [] })
        .build();
      const plan = await calve.plan(spec);
      await calve.run(spec);
      return plan.program.outputs[0]?.changes.map(({ kind, path }) => `${kind} ${path.join('.')}`);
    };
    await people(
      'a.jsonl',
      [
        { id: 1, home: { city: 'Zürich' }, tags: [{ k: 'x' }] },
        { id: 3, home: null, tags: [] },
      ],
      {},
    );
    const changes = await people(
      'b.jsonl',
      [
        { id: 2, home: { city: 'Bern', zip: '3000' }, tags: [{ k: 'y', n: 2 }] },
        { id: 4, tags: [] },
      ],
      {
        labels: { renamedFrom: 'tags' },
      },
    );
    expect(changes).toEqual(['rename-column tags', 'add-column home.zip', 'add-column labels.element.n']);
    const catalog = `SqlCatalog("calve", uri="sqlite:///${folder}/catalog.db", warehouse="file://${folder}/warehouse")`;
    const { schema, rows } = await pyIceberg.run(
      `from pyiceberg.catalog.sql import SqlCatalog; ${catalog}.load_table("sales.people").scan().to_arrow().sort_by("id")`,
    );
    expect(schema.map(([name]) => name)).toEqual(['id', 'home', 'labels']);
    expect(rows).toEqual([
      ['1', ['Zürich', null], [['x', null]]],
      ['2', ['Bern', '3000'], [['y', '2']]],
      ['3', null, []],
      ['4', null, []],
    ]);
  });
});
