import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CanonicalTable,
  type DuckDbReader,
  type PyIcebergReader,
  type SparkReader,
  startDuckDb,
  startPyIceberg,
  startSpark,
} from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { TemporaryLake } from '../rivals/temporary-lake.ts';

const COLUMNS = ['id', 'amount', 'ordered_at', 'note'];

describe.runIf(requireTier('python') && requireTier('java'))('Calve, PyIceberg and Spark append to one table in turn', () => {
  let lake: TemporaryLake;
  let pyIceberg: PyIcebergReader;
  let duckDb: DuckDbReader;
  let spark: SparkReader;

  beforeAll(async () => {
    lake = await TemporaryLake.make();
    const path = join(lake.folder, 'lake');
    const prefix = 'spark.sql.catalog.calve';
    [pyIceberg, duckDb, spark] = await Promise.all([
      startPyIceberg(),
      startDuckDb(),
      startSpark({
        'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
        [prefix]: 'org.apache.iceberg.spark.SparkCatalog',
        [`${prefix}.type`]: 'jdbc',
        [`${prefix}.uri`]: `jdbc:sqlite:${join(path, 'catalog.db')}`,
        [`${prefix}.warehouse`]: `file://${join(path, 'warehouse')}`,
        [`${prefix}.jdbc.schema-version`]: 'V1',
        [`${prefix}.jdbc.user`]: 'user',
        [`${prefix}.jdbc.password`]: 'password',
        [`${prefix}.cache-enabled`]: 'false',
      }),
    ]);
  });

  afterAll(async () => {
    await Promise.all([pyIceberg?.stop(), duckDb?.stop(), spark?.stop()]);
    if (lake) await rm(lake.folder, { recursive: true });
  });

  it('for three rounds, and every reader sees the same rows after each append', async () => {
    const path = join(lake.folder, 'lake');
    const catalog = { uri: `sqlite:///${join(path, 'catalog.db')}`, warehouse: `file://${join(path, 'warehouse')}` };
    const expected: string[][] = [];
    const add = (id: number, writer: string): string[] => {
      const row = [String(id), `${id}.50`, `2026-03-0${1 + (id % 9)}T10:00:00.000000`, `${writer}, “${id}”`];
      expected.push(row);
      return row;
    };
    const check = async (): Promise<void> => {
      const { metadataLocation } = await pyIceberg.describe(catalog, 'sales.orders');
      const seen = {
        pyIceberg: rowsOf(
          await pyIceberg.run(
            `from pyiceberg.catalog.sql import SqlCatalog; SqlCatalog("calve", uri=${JSON.stringify(catalog.uri)}, warehouse=${JSON.stringify(catalog.warehouse)}).load_table("sales.orders").scan().to_arrow()`,
          ),
        ),
        duckDb: rowsOf(await duckDb.query(`SELECT * FROM iceberg_scan('${metadataLocation.replace('file://', '')}')`)),
        spark: rowsOf(await spark.query('SELECT * FROM calve.sales.orders')),
        calve: (await lake.rows()).map((row) => COLUMNS.map((name) => String(row[name]))).sort(byFirst),
      };
      const wanted = [...expected].sort(byFirst);
      expect(seen).toEqual({ pyIceberg: wanted, duckDb: wanted, spark: wanted, calve: wanted });
    };
    for (let round = 0; round < 3; round += 1) {
      const rows = [1, 2, 3].map((number) => add(round * 10 + number, 'Calve'));
      const lines = rows.map(([id, amount, at, note]) => `${id},${amount},${at},"${note}"`);
      await lake.put(`orders-${round}.csv`, `${COLUMNS.join(',')}\n${lines.join('\n')}\n`);
      expect((await lake.run()).result.outcome).toBe('committed');
      await check();
      // From now on Calve and Spark merge the manifests that they find; PyIceberg only adds some.
      if (round === 0)
        await spark.execute(`ALTER TABLE calve.sales.orders SET TBLPROPERTIES ('commit.manifest.min-count-to-merge' = '2')`);
      await pyIceberg.append(catalog, 'sales.orders', COLUMNS, [add(round * 10 + 4, 'PyIceberg')]);
      await check();
      const [id, amount, at, note] = add(round * 10 + 5, 'Spark');
      await spark.execute(
        `INSERT INTO calve.sales.orders (id, amount, ordered_at, note, _source_file, _source_version, _ingested_at) VALUES (${id}, ${amount}, TIMESTAMP_NTZ '${at}', '${note}', NULL, NULL, NULL)`,
      );
      await check();
    }
    const { snapshots, manifests } = await pyIceberg.describe(catalog, 'sales.orders');
    expect(manifests.length).toBeLessThan(9);
    expect(snapshots.map(({ operation }) => operation)).toEqual(Array.from({ length: 9 }, () => 'append'));
    expect(snapshots.at(-1)?.summary['total-records']).toBe('15');
  });
});

function rowsOf(table: CanonicalTable): string[][] {
  const places = COLUMNS.map((name) => table.schema.findIndex(([column]) => column === name));
  return table.rows.map((row) => places.map((place) => String(row[place]))).sort(byFirst);
}

function byFirst(a: string[], b: string[]): number {
  return Number(a[0]) - Number(b[0]);
}
