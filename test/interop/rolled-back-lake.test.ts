import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MishapWorld, rowsOf } from '../mishaps/mishap-world.ts';
import { type PyIcebergReader, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';

describe.runIf(requireTier('python'))('a table that PyIceberg rolled back', () => {
  let pyIceberg: PyIcebergReader;

  beforeAll(async () => {
    pyIceberg = await startPyIceberg();
  });
  afterAll(async () => {
    await pyIceberg?.stop();
  });

  it.each([{ reingest: true }, { leaveOut: true }] as const)(
    'stops the next run, and goes on after it was accepted with %j, counted by PyIceberg',
    async (choice) => {
      await using world = await MishapWorld.start();
      const catalog = { uri: `sqlite:///${world.at('lake/catalog.db')}`, warehouse: `file://${world.at('lake/warehouse')}` };
      const load = `SqlCatalog("calve", uri=${JSON.stringify(catalog.uri)}, warehouse=${JSON.stringify(catalog.warehouse)}).load_table("sales.orders")`;
      for (const id of [1, 2, 3, 4]) {
        await world.write(`landing/${id}.csv`, rowsOf(id));
        await world.run();
        if (id === 2) await pyIceberg.append(catalog, 'sales.orders', ['id', 'name'], [['9000', 'theirs']]);
      }
      const { snapshots } = await pyIceberg.describe(catalog, 'sales.orders');
      // Ours, ours, theirs, ours, ours.
      expect(snapshots).toHaveLength(5);
      await pyIceberg.execute(
        `from pyiceberg.catalog.sql import SqlCatalog\n${load}.manage_snapshots().rollback_to_snapshot(${snapshots[2]!.id}).commit()`,
      );
      expect(await world.run()).toMatchObject({ code: 'TABLE_ROLLED_BACK' });

      await using calve = world.calve();
      expect(await calve.previewAcceptRollback(world.spec())).toMatchObject({
        tables: { main: { rollback: 'rolled-back', proven: 4, shown: 2, snapshot: snapshots[4]!.id, head: snapshots[2]!.id } },
        files: { count: 2, examples: [expect.stringContaining('3.csv'), expect.stringContaining('4.csv')] },
        rows: { main: 2 },
      });
      await calve.acceptRollback(world.spec(), choice);
      await pyIceberg.append(catalog, 'sales.orders', ['id', 'name'], [['9001', 'theirs']]);
      await world.write('landing/5.csv', rowsOf(5));
      expect((await world.run()).code).toBeNull();
      const table = await pyIceberg.run(`from pyiceberg.catalog.sql import SqlCatalog; ${load}.scan().to_arrow()`);
      const place = table.schema.findIndex(([name]) => name === 'id');
      const ids = table.rows.map((row) => Number(row[place])).sort((a, b) => a - b);
      expect(ids).toEqual('reingest' in choice ? [1, 2, 3, 4, 5, 9000, 9001] : [1, 2, 5, 9000, 9001]);

      const [, second] = (await pyIceberg.describe(catalog, 'sales.orders')).snapshots;
      await pyIceberg.execute(
        `from pyiceberg.catalog.sql import SqlCatalog\n${load}.manage_snapshots().rollback_to_snapshot(${second!.id}).commit()`,
      );
      expect(await world.run()).toMatchObject({ code: 'TABLE_ROLLED_BACK' });
    },
  );
});
