import { rm } from 'node:fs/promises';
import { wapId } from '@calve/core/plugin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MishapWorld, rowsOf } from '../mishaps/mishap-world.ts';
import { type PyIcebergReader, type SparkReader, startPyIceberg, startSpark } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';

const TABLE = 'calve.sales.orders';

describe.runIf(requireTier('python') && requireTier('java'))('what Spark staged under the id of a commit', () => {
  let world: MishapWorld;
  let spark: SparkReader;
  let pyIceberg: PyIcebergReader;

  beforeAll(async () => {
    world = await MishapWorld.start();
    const prefix = 'spark.sql.catalog.calve';
    [pyIceberg, spark] = await Promise.all([
      startPyIceberg(),
      startSpark({
        'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
        [prefix]: 'org.apache.iceberg.spark.SparkCatalog',
        [`${prefix}.type`]: 'jdbc',
        [`${prefix}.uri`]: `jdbc:sqlite:${world.at('lake/catalog.db')}`,
        [`${prefix}.warehouse`]: `file://${world.at('lake/warehouse')}`,
        [`${prefix}.jdbc.schema-version`]: 'V1',
        [`${prefix}.jdbc.user`]: 'user',
        [`${prefix}.jdbc.password`]: 'password',
        [`${prefix}.cache-enabled`]: 'false',
      }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([pyIceberg?.stop(), spark?.stop()]);
    await world?.[Symbol.asyncDispose]();
  });

  it('is evidence once it was published, fast-forwarded or cherry-picked, and never before', async () => {
    const catalog = { uri: `sqlite:///${world.at('lake/catalog.db')}`, warehouse: `file://${world.at('lake/warehouse')}` };
    await world.write('landing/a.csv', rowsOf(1));
    await world.run();
    const generation = await ofCalve(async (calve) => (await calve.previewReset(world.spec())).ledger?.generation ?? '');
    const idOf = (sequence: number) =>
      wapId({ key: { tenant: 'default', ingestion: 'orders' }, generation, sequence, commitId: `spark-${sequence}` });
    const insert = (id: number) =>
      spark.execute(
        `INSERT INTO ${TABLE} (id, name, _source_file, _source_version, _ingested_at) VALUES (${id}, 'by Spark', NULL, NULL, NULL)`,
      );
    const stage = async (sequence: number) => {
      await spark.execute(`SET spark.wap.id=${idOf(sequence)}`);
      await insert(sequence * 100);
      await spark.execute('RESET spark.wap.id');
    };
    const publish = (sequence: number) =>
      spark.execute(`CALL calve.system.publish_changes(table => 'sales.orders', wap_id => '${idOf(sequence)}')`);
    const numbers = () =>
      ofCalve(async (calve) =>
        (await calve.history(world.spec())).commits.map(({ sequence, isInLedger }) => [sequence, isInLedger]),
      );
    const adopt = async () => {
      for (const end of ['', '-wal', '-shm']) await rm(world.at(`lake/calve.db${end}`), { force: true });
      return ofCalve((calve) => calve.adopt(world.spec(), { unknown: 'load' }));
    };
    await spark.execute(`ALTER TABLE ${TABLE} SET TBLPROPERTIES ('write.wap.enabled'='true')`);

    await stage(2);
    expect(await world.run()).toMatchObject({ code: null, outcome: 'nothing-new' });
    expect(await numbers()).toEqual([[1, true]]);
    await publish(2);
    expect(await summaries(catalog)).toEqual([{ 'wap.id': idOf(2) }]);
    expect(await world.run()).toMatchObject({ code: 'CHECKPOINT_BEHIND' });
    expect(await numbers()).toEqual([
      [2, false],
      [1, true],
    ]);
    expect(await adopt()).toMatchObject({ outcome: 'adopted', generation, committed: { main: 2 }, known: 1 });

    await stage(3);
    // Somebody else commits between, so that the staged snapshot cannot become the head as it is.
    await insert(9000);
    expect(await world.run()).toMatchObject({ code: null, outcome: 'nothing-new' });
    await publish(3);
    expect(await summaries(catalog)).toEqual([{ 'wap.id': idOf(2) }, { 'wap.id': idOf(3) }, { 'published-wap-id': idOf(3) }]);
    expect(await world.run()).toMatchObject({ code: 'CHECKPOINT_BEHIND' });
    expect(await adopt()).toMatchObject({ outcome: 'adopted', generation, committed: { main: 3 } });

    await stage(4);
    await world.write('landing/b.csv', rowsOf(2));
    expect(await world.run()).toMatchObject({ code: null, outcome: 'committed' });
    expect(await numbers()).toEqual([
      [4, true],
      [3, true],
      [2, true],
      [1, true],
    ]);
    expect(await world.ids()).toEqual([1, 2, 200, 300, 9000]);
    // What is staged is live: whoever publishes it needs its files.
    const { snapshots } = await pyIceberg.describe(catalog, 'sales.orders');
    const staged = snapshots.find(({ summary }) => summary['wap.id'] === idOf(4));
    const { rows } = await spark.query(`SELECT id FROM ${TABLE} VERSION AS OF ${staged?.id}`);
    expect(rows.map(([id]) => Number(id)).sort((a, b) => a - b)).toEqual([1, 200, 300, 400, 9000]);

    async function summaries(of: typeof catalog): Promise<Record<string, string>[]> {
      const { snapshots } = await pyIceberg.describe(of, 'sales.orders');
      return snapshots.flatMap(({ summary }) => {
        const own = Object.entries(summary).filter(([name]) => name === 'wap.id' || name === 'published-wap-id');
        return own.length > 0 ? [Object.fromEntries(own)] : [];
      });
    }
  });

  it('is a rollback to decide about when it was published, counted, and then rolled back', async () => {
    const generation = await ofCalve(async (calve) => (await calve.previewReset(world.spec())).ledger?.generation ?? '');
    const key = { tenant: 'default', ingestion: 'orders' };
    const id = wapId({ key, generation, sequence: 5, commitId: 'spark-5' });
    const uri = { uri: `sqlite:///${world.at('lake/catalog.db')}`, warehouse: `file://${world.at('lake/warehouse')}` };
    const before = (await pyIceberg.describe(uri, 'sales.orders')).snapshots.find(
      ({ summary }) => summary['ingest.sequence'] === '4',
    );
    await spark.execute(`SET spark.wap.id=${id}`);
    await spark.execute(
      `INSERT INTO ${TABLE} (id, name, _source_file, _source_version, _ingested_at) VALUES (500, 'by Spark', NULL, NULL, NULL)`,
    );
    await spark.execute('RESET spark.wap.id');
    await spark.execute(`CALL calve.system.publish_changes(table => 'sales.orders', wap_id => '${id}')`);
    for (const end of ['', '-wal', '-shm']) await rm(world.at(`lake/calve.db${end}`), { force: true });
    expect(await ofCalve((calve) => calve.adopt(world.spec(), { unknown: 'load' }))).toMatchObject({ committed: { main: 5 } });
    await spark.execute(`CALL calve.system.rollback_to_snapshot('sales.orders', ${before?.id})`);
    expect(await world.run()).toMatchObject({ code: 'TABLE_ROLLED_BACK' });
    expect(await ofCalve((calve) => calve.acceptRollback(world.spec(), { leaveOut: true }))).toMatchObject({
      outcome: 'accepted',
    });
    await world.write('landing/c.csv', rowsOf(3));
    expect(await world.run()).toMatchObject({ code: null, outcome: 'committed' });
    expect(await world.run()).toMatchObject({ code: null, outcome: 'nothing-new' });
    expect(await world.ids()).toEqual([1, 2, 3, 200, 300, 9000]);
  });

  async function ofCalve<T>(work: (calve: ReturnType<MishapWorld['calve']>) => Promise<T>): Promise<T> {
    await using calve = world.calve();
    return await work(calve);
  }
});
