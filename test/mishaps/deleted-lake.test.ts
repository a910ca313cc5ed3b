import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { type Choice, MishapWorld, rowsOf } from './mishap-world.ts';

/** The state lies elsewhere and survives the lake. */
const APART: Choice = { state: 'state/calve.db' };

async function remove(world: MishapWorld, ...names: string[]): Promise<void> {
  for (const name of names) await rm(world.at(name), { recursive: true });
}

/** Two runs say the same and change nothing. */
async function expectRefused(world: MishapWorld, choice: Choice, code: string, says: RegExp): Promise<void> {
  await world.write('landing/c.csv', rowsOf(3));
  const before = await world.contentOf('.');
  for (let time = 0; time < 2; time++) {
    const { error, outcome, said } = await world.run(choice);
    expect(said.at(-1)).toMatch(says);
    expect({ code: error?.code, recovery: error?.recovery.kind, outcome }).toEqual({ code, recovery: 'decide', outcome: 'held' });
  }
  await expect(world.plan(choice)).rejects.toMatchObject({ code });
  expect(await world.contentOf('.')).toEqual(before);
}

describe('a lake that was deleted', () => {
  it('together with its state begins anew and holds everything once', async () => {
    await using world = await MishapWorld.loaded();
    await remove(world, 'lake');
    const told = await world.run();
    expect(told).toMatchObject({ outcome: 'committed', code: null, units: { ingested: 2 } });
    expect(await world.ids()).toEqual([1, 2]);
  });

  it.each([
    ['and is gone', false],
    ['and made again as an empty folder', true],
  ])('%s while its state lies elsewhere is not filled with the newest files only', async (_, makeAgain) => {
    await using world = await MishapWorld.loaded(APART);
    await remove(world, 'lake');
    if (makeAgain) await mkdir(world.at('lake'));
    await expectRefused(
      world,
      APART,
      'MARKER_BEHIND',
      /^The state \S+state\/calve\.db knows one commit of ingestion "orders", but the table sales\.orders does not exist: the spec names another table than before, the table was deleted, or this is another lake\. Nothing is loaded until somebody decides\. Name the earlier table, restore the deleted one, or name the lake that belongs to this state; to load everything again, into sales\.orders, use another ingestion id or begin with a new state\.$/,
    );
    // What the sentence offers.
    expect(await world.run({ state: 'state/new.db' })).toMatchObject({ outcome: 'committed', units: { ingested: 3 } });
    expect(await world.ids()).toEqual([1, 2, 3]);
  });

  it('is loaded again under another id, which the sentence offers too', async () => {
    await using world = await MishapWorld.loaded(APART);
    await remove(world, 'lake');
    expect(await world.run({ ...APART, id: 'orders_again' })).toMatchObject({ outcome: 'committed', units: { ingested: 2 } });
    expect(await world.ids()).toEqual([1, 2]);
  });
});

describe('a warehouse that was deleted', () => {
  it('and the catalog was not, is missed', async () => {
    await using world = await MishapWorld.loaded();
    await cp(world.at('lake/warehouse'), world.at('backup'), { recursive: true });
    await remove(world, 'lake/warehouse');
    await world.write('landing/c.csv', rowsOf(3));
    const before = await world.contentOf('.');
    const { error, said } = await world.run();
    expect(error).toMatchObject({ code: 'ICEBERG_FILE_MISSING' });
    expect(said.at(-1)).toMatch(
      /^The catalog \S+catalog\.db says that the table sales\.orders is at \S+, but that file is gone\. Nothing was changed\. Restore the warehouse folder from a backup; to load everything again, use another table and another ingestion id, or begin with an empty lake\.$/,
    );
    expect(await world.contentOf('.')).toEqual(before);
    // Both ways out.
    const anew = { id: 'orders_again', table: 'sales.orders_again' };
    expect(await world.run(anew)).toMatchObject({ outcome: 'committed', units: { ingested: 3 } });
    expect(await world.ids(anew)).toEqual([1, 2, 3]);
    await cp(world.at('backup'), world.at('lake/warehouse'), { recursive: true });
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 2, 3]);
  });

  it.each([
    ['data files', 'data', /\.parquet is gone/],
    ['manifests', 'metadata', /\.avro is gone/],
  ])('except for its metadata files: the loss of %s is noticed before more is added', async (_, folder, names) => {
    await using world = await MishapWorld.loaded();
    const path = `lake/warehouse/sales/orders/${folder}`;
    await cp(world.at(path), world.at('backup'), { recursive: true });
    for (const name of await readdir(world.at(path))) if (!name.endsWith('.json')) await remove(world, join(path, name));
    await expectRefused(world, {}, 'ICEBERG_FILE_MISSING', names);
    const { said } = await world.run();
    expect(said.at(-1)).toMatch(
      /^The table sales\.orders is damaged: its file \S+ is gone, and without it no reader can read the table\. Nothing was changed\. Restore the folder \S+sales\/orders from a backup; to load everything again, use another table and another id than "orders"\.$/,
    );
    await cp(world.at('backup'), world.at(path), { recursive: true });
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 2, 3]);
  });
});

describe('a catalog that was deleted', () => {
  const says =
    /^The catalog \S+catalog\.db does not know the table sales\.orders, but \S+warehouse\/sales\/orders holds its files, with one commit of ingestion "orders": the catalog was deleted or replaced\. Nothing was changed\. Restore the catalog file from a backup, or register (\S+\.metadata\.json) in a new one \(register_table of PyIceberg\); to load everything again, remove that folder and the state, or use another table and another ingestion id\.$/;

  it.each([
    ['and the state was not', ['lake/catalog.db']],
    ['and the state as well', ['lake/catalog.db', 'lake/calve.db']],
  ])('%s: its tables are not made a second time over their own files', async (_, names) => {
    await using world = await MishapWorld.loaded();
    await remove(world, ...names);
    await expectRefused(world, {}, 'ICEBERG_TABLE_FORGOTTEN', says);
  });

  it('is told also when an unfinished metadata file lies above the good ones', async () => {
    await using world = await MishapWorld.loaded();
    await remove(world, 'lake/catalog.db');
    await world.write('lake/warehouse/sales/orders/metadata/00009-cut-off.metadata.json', '{"format-version": 2, "tab');
    await expectRefused(world, {}, 'ICEBERG_TABLE_FORGOTTEN', says);
  });

  it('of another ingestion, or of which only metadata is left, does not stand in the way', async () => {
    await using world = await MishapWorld.loaded();
    await remove(world, 'lake/catalog.db', 'lake/calve.db');
    expect(await world.run({ id: 'others', state: 'others.db' })).toMatchObject({ outcome: 'committed', units: { ingested: 2 } });
    await remove(world, 'lake/catalog.db', 'lake/warehouse/sales/orders/data');
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 2 } });
    expect(await world.ids()).toEqual([1, 2]);
  });

  it('works again when the table is registered', async () => {
    await using world = await MishapWorld.loaded();
    const registered = new DatabaseSync(world.at('lake/catalog.db'));
    const row = registered.prepare(`SELECT * FROM iceberg_tables WHERE table_name = 'orders'`).get()!;
    registered.close();
    await remove(world, 'lake/catalog.db');
    const { said } = await world.run();
    const metadata = says.exec(said.at(-1) ?? '')?.[1];
    expect(row['metadata_location']).toBe(`file://${metadata}`);
    await new Promise<void>((done) => {
      const database = new DatabaseSync(world.at('lake/catalog.db'));
      // As register_table of PyIceberg's SqlCatalog leaves it.
      database.exec(`CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL, table_name VARCHAR(255)
        NOT NULL, metadata_location VARCHAR(1000), previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),
        PRIMARY KEY (catalog_name, table_namespace, table_name))`);
      database
        .prepare(`INSERT INTO iceberg_tables VALUES ('calve', 'sales', 'orders', ?, NULL, 'TABLE')`)
        .run(`file://${metadata}`);
      database.close();
      done();
    });
    await world.write('landing/c.csv', rowsOf(3));
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 2, 3]);
  });

  it('is begun anew when the folder and the state are removed', async () => {
    await using world = await MishapWorld.loaded();
    await remove(world, 'lake/catalog.db', 'lake/calve.db', 'lake/warehouse/sales/orders');
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 2 } });
    expect(await world.ids()).toEqual([1, 2]);
  });
});

describe('a lake that was put back from a backup', () => {
  it('as a whole, state included, loads what came since', async () => {
    await using world = await MishapWorld.loaded();
    await cp(world.at('lake'), world.at('backup'), { recursive: true });
    await world.write('landing/c.csv', rowsOf(3));
    await world.run();
    await remove(world, 'lake');
    await cp(world.at('backup'), world.at('lake'), { recursive: true });
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 2, 3]);
  });

  it('without its newer state has fewer commits than the state, and waits', async () => {
    await using world = await MishapWorld.loaded(APART);
    await cp(world.at('lake'), world.at('backup'), { recursive: true });
    await world.write('landing/d.csv', rowsOf(4));
    await world.run(APART);
    await remove(world, 'lake');
    await cp(world.at('backup'), world.at('lake'), { recursive: true });
    await expectRefused(
      world,
      APART,
      'MARKER_BEHIND',
      /^The state \S+ knows 2 commits of ingestion "orders", but the table sales\.orders holds only 1 of them: it was rolled back, restored from an old copy or made anew\. Nothing is loaded until somebody decides\. Restore the newest copy of the table; to load everything again, use another ingestion id together with another table\.$/,
    );
    const anew = { ...APART, id: 'orders_again', table: 'sales.orders_again' };
    expect((await world.run(anew)).outcome).toBe('committed');
    expect(await world.ids(anew)).toEqual([1, 2, 3, 4]);
  });
});
