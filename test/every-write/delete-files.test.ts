import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CalveError } from '@calve/core';
import { sqliteCatalog } from '@calve/sink-iceberg';
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
import { LakeWorld, type SpecOptions } from './lake-world.ts';

const COLUMNS = ['id', 'name', 'version', 'day'];
const EQUALITY_DELETES = fileURLToPath(new URL('equality_deletes.py', import.meta.url));

/** One table, and every way in which Calve writes to it. */
interface Orders {
  table: string;
  ways: Record<'append' | 'merge' | 'days' | 'whole', SpecOptions>;
  /** Writes a file of the append, which replaces the rows of its former version, or of another way. */
  put(name: string, rows: readonly string[]): void;
}

describe.runIf(requireTier('java'))('a table with rows that another engine deleted or wrote in its own way', () => {
  let world: LakeWorld;
  let pyIceberg: PyIcebergReader;
  let duckDb: DuckDbReader;
  let spark: SparkReader;

  beforeAll(async () => {
    world = await LakeWorld.create();
    const access = sqliteCatalog(join(world.folder, 'catalog.db')).access(`file://${world.warehouse}`);
    if (access.kind !== 'spark') throw new TypeError(access.kind);
    const conf = Object.fromEntries(Object.entries(access.conf).map(([name, value]) => [name, String(value)]));
    [pyIceberg, duckDb, spark] = await Promise.all([startPyIceberg(), startDuckDb(), startSpark(conf)]);
  });
  afterAll(async () => {
    await Promise.all([pyIceberg?.stop(), duckDb?.stop(), spark?.stop()]);
    await world?.[Symbol.asyncDispose]();
  });

  it.each([
    ['partitioned', [{ transform: 'identity', column: 'day' }]],
    ['plain', []],
  ] as const)(
    'takes more rows where deletes say by place what is gone, and is rewritten once Spark has run what the refusal says (%s)',
    async (name, partitionBy) => {
      const { table, ways, put } = ordersOf(name, partitionBy);
      put('append-1', ['1,a,1,2026-01-01', '2,b,1,2026-01-01', '3,c,1,2026-01-02', '4,d,1,2026-01-02']);
      await land(ways.append);
      put('append-2', ['5,e,1,2026-01-01', '6,f,1,2026-01-01', '7,g,1,2026-01-03', '8,h,1,2026-01-03']);
      await land(ways.append);
      const modes = ['delete', 'update', 'merge'].map((kind) => `'write.${kind}.mode' = 'merge-on-read'`).join(', ');
      await spark.execute(`ALTER TABLE calve.${table} SET TBLPROPERTIES (${modes})`);
      await spark.execute(`DELETE FROM calve.${table} WHERE id = 1`);
      await spark.execute(
        `MERGE INTO calve.${table} t USING (SELECT 7 AS id) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = 'by Spark'`,
      );
      expect(await deleteFiles(table)).toEqual([['1', '2']]);

      put('append-3', ['9,i,1,2026-01-01']);
      await land(ways.append);
      const left = ['2,b,1,2026-01-01', '3,c,1,2026-01-02', '4,d,1,2026-01-02', '5,e,1,2026-01-01', '6,f,1,2026-01-01'];
      left.push('7,by Spark,1,2026-01-03', '8,h,1,2026-01-03', '9,i,1,2026-01-01');
      await expectRows(table, left);
      const { formatVersion, snapshots } = await describeTable(table);
      expect(formatVersion).toBe(2);
      expect(snapshots.at(-1)).toMatchObject({
        operation: 'append',
        summary: { 'total-delete-files': '2', 'total-position-deletes': '2', 'total-records': '10' },
      });
      // The last commit of all is a delete: the case in which Spark keeps deletes longest.
      await spark.execute(`DELETE FROM calve.${table} WHERE id = 8`);
      left.splice(left.indexOf('8,h,1,2026-01-03'), 1);

      // A corrected file, new and changed keys, a day, and everything.
      put('append-2', ['5,corrected,1,2026-01-01', '10,added,1,2026-01-02']);
      put('merge-1', ['2,merged,2,2026-01-01', '11,new,1,2026-01-04']);
      put('days-1', ['20,the day,1,2026-01-01']);
      put('whole-1', ['30,all,1,2026-02-01']);
      const statements: string[][] = [];
      for (const way of Object.values(ways)) statements.push(await refuse(table, way, 'ICEBERG_DELETE_FILES_UNSUPPORTED'));
      expect(statements[0]).toEqual([
        `CALL calve.system.rewrite_data_files(table => '${table}', options => map('delete-file-threshold', '1'))`,
        `CALL calve.system.rewrite_position_delete_files(table => '${table}', options => map('rewrite-all', 'true'))`,
      ]);
      expect(new Set(statements.map(String)).size).toBe(1);
      await expectRows(table, left);

      for (const statement of statements[0] ?? []) await spark.execute(statement);
      expect(await deleteFiles(table)).toEqual([]);
      await expectRows(table, left);
      // Spark joined the rows of several files in one, and what its MERGE has updated still names its file.
      await land(ways.append);
      const corrected = left.filter((row) => !/^[567],/.test(row)).concat('5,corrected,1,2026-01-01', '10,added,1,2026-01-02');
      await expectRows(table, corrected);
      await land(ways.merge);
      const merged = corrected.filter((row) => !row.startsWith('2,')).concat('2,merged,2,2026-01-01', '11,new,1,2026-01-04');
      await expectRows(table, merged);
      await land(ways.days);
      const others = partitionBy.length === 0 ? [] : merged.filter((row) => !row.endsWith('2026-01-01'));
      await expectRows(table, [...others, '20,the day,1,2026-01-01']);
      await land(ways.whole);
      await expectRows(table, ['30,all,1,2026-02-01']);
    },
  );

  it('is rewritten after what the refusal says where deletes say by value what is gone', async () => {
    const { table, ways, put } = ordersOf('by_value', []);
    put('append-1', ['1,a,1,2026-01-01', '2,b,1,2026-01-01']);
    await land(ways.append);
    put('append-2', ['3,c,1,2026-01-01', '5,e,1,2026-01-01']);
    await land(ways.append);
    expect(await spark.run(EQUALITY_DELETES, [`calve.${table}`, 'id', '1'])).toMatchObject({ code: 0 });
    await spark.execute(`ALTER TABLE calve.${table} SET TBLPROPERTIES ('write.delete.mode' = 'merge-on-read')`);
    await spark.execute(`DELETE FROM calve.${table} WHERE id = 3`);
    put('append-3', ['1,again,2,2026-01-01', '4,d,1,2026-01-01']);
    await land(ways.append);
    expect(await spark.run(EQUALITY_DELETES, [`calve.${table}`, 'id', '2'])).toMatchObject({ code: 0 });
    expect(await deleteFiles(table)).toEqual([
      ['1', '1'],
      ['2', '2'],
    ]);
    put('merge-1', ['4,merged,2,2026-01-01']);
    const statements = await refuse(table, ways.merge, 'ICEBERG_DELETE_FILES_UNSUPPORTED');
    for (const statement of statements) await spark.execute(statement);
    expect(await deleteFiles(table)).toEqual([]);
    await land(ways.merge);
    await expectRows(table, ['1,again,2,2026-01-01', '4,merged,2,2026-01-01', '5,e,1,2026-01-01']);
  });

  it('gets no row back that Spark deletes between the staging of a merge and its commit', async () => {
    const { table, ways, put } = ordersOf('amid', []);
    put('append-1', ['1,a,1,2026-01-01', '2,b,1,2026-01-01', '3,c,1,2026-01-01']);
    await land(ways.append);
    await spark.execute(`ALTER TABLE calve.${table} SET TBLPROPERTIES ('write.delete.mode' = 'merge-on-read')`);
    put('merge-1', ['2,merged,2,2026-01-01']);
    let deletions = 0;
    world.onStep = async (label) => {
      if (label !== 'core.apply.staged' || deletions > 0) return;
      deletions += 1;
      await spark.execute(`DELETE FROM calve.${table} WHERE id = 1`);
    };
    const { error } = await world.run(ways.merge);
    world.onStep = () => {};
    expect(deletions).toBe(1);
    expect(error?.code).toBe('ICEBERG_DELETE_FILES_UNSUPPORTED');
    await expectRows(table, ['2,b,1,2026-01-01', '3,c,1,2026-01-01']);
  });

  it('is rewritten after what the refusal says where its files are ORC, or of an earlier partitioning', async () => {
    const { table, ways, put } = ordersOf('foreign', undefined);
    put('append-1', ['1,a,1,2026-01-01', '2,b,1,2026-01-02']);
    await land(ways.append);
    await spark.execute(`ALTER TABLE calve.${table} ADD PARTITION FIELD day`);
    put('days-1', ['3,c,1,2026-01-01']);
    for (const statement of await refuse(table, ways.days, 'ICEBERG_PARTITIONING_MIXED')) await spark.execute(statement);
    await land(ways.days);
    await expectRows(table, ['2,b,1,2026-01-02', '3,c,1,2026-01-01']);

    await spark.execute(`ALTER TABLE calve.${table} SET TBLPROPERTIES ('write.format.default' = 'orc')`);
    await spark.execute(`UPDATE calve.${table} SET name = 'in ORC' WHERE id = 2`);
    put('merge-1', ['2,merged,1,2026-01-02']);
    for (const statement of await refuse(table, ways.merge, 'ICEBERG_FILE_FORMAT_UNSUPPORTED')) await spark.execute(statement);
    await land(ways.merge);
    await expectRows(table, ['2,merged,1,2026-01-02', '3,c,1,2026-01-01']);
  });

  function ordersOf(name: string, partitionBy: NonNullable<SpecOptions['target']>['partitionBy']): Orders {
    const table = `sales.${name}`;
    const target: SpecOptions['target'] = { table, ...(partitionBy ? { partitionBy } : {}) };
    const way = (prefix: string, options: SpecOptions): SpecOptions => ({
      id: `${name}-${prefix}`,
      pattern: `${name}-${prefix}-*.csv`,
      target,
      ...options,
    });
    return {
      table,
      ways: {
        append: way('append', { onChanged: 'replace' }),
        merge: way('merge', { mode: { mode: 'merge', keys: ['id'], newest: ['version'] } }),
        days: way('days', { mode: { mode: 'overwrite-partitions' } }),
        whole: way('whole', { mode: { mode: 'overwrite-table' } }),
      },
      put: (file, rows) => world.put(`${name}-${file}.csv`, `${COLUMNS.join(',')}\n${rows.join('\n')}\n`),
    };
  }

  async function land(way: SpecOptions): Promise<void> {
    const { error, result } = await world.run(way);
    expect(error).toBeNull();
    expect(result.outcome).toBe('committed');
  }

  /** @returns The statements that the error tells to run, after a run that changed nothing. */
  async function refuse(table: string, way: SpecOptions, code: string): Promise<string[]> {
    const before = { snapshots: (await describeTable(table)).snapshots.length, files: await world.dataFiles() };
    const { error } = await world.run(way);
    expect(error).toMatchObject({ code, recovery: { kind: 'decide' }, context: { result: { outcome: expect.any(String) } } });
    expect({ snapshots: (await describeTable(table)).snapshots.length, files: await world.dataFiles() }).toEqual(before);
    const { message } = error as CalveError;
    expect(message).toContain(`${table} has `);
    return /Run this in Spark: (.*)\. Then run/.exec(message)?.[1]?.split('; ') ?? [];
  }

  /** Kind and number of the delete files of a table, as Spark counts them. */
  async function deleteFiles(table: string): Promise<CanonicalTable['rows']> {
    const sql = `SELECT content, count(*) FROM calve.${table}.delete_files GROUP BY content ORDER BY content`;
    return (await spark.query(sql)).rows;
  }

  function describeTable(table: string) {
    return pyIceberg.describe(catalog(), table);
  }

  function catalog() {
    return { uri: `sqlite:///${join(world.folder, 'catalog.db')}`, warehouse: `file://${world.warehouse}` };
  }

  async function expectRows(table: string, expected: readonly string[]): Promise<void> {
    const { uri, warehouse } = catalog();
    const { metadataLocation } = await describeTable(table);
    const load = `from pyiceberg.catalog.sql import SqlCatalog; t = SqlCatalog("calve", uri=${JSON.stringify(uri)}, warehouse=${JSON.stringify(warehouse)}).load_table("${table}")`;
    const seen = {
      pyIceberg: rowsOf(await pyIceberg.run(`${load}; t.scan().to_arrow()`)),
      duckDb: rowsOf(await duckDb.query(`SELECT * FROM iceberg_scan('${metadataLocation.replace(/^file:(\/\/)?/, '')}')`)),
      spark: rowsOf(await spark.query(`SELECT * FROM calve.${table}`)),
    };
    const wanted = [...expected].sort();
    expect(seen).toEqual({ pyIceberg: wanted, duckDb: wanted, spark: wanted });
  }
});

function rowsOf(table: CanonicalTable): string[] {
  const places = COLUMNS.map((name) => table.schema.findIndex(([column]) => column === name));
  return table.rows.map((row) => places.map((place) => String(row[place])).join(',')).sort();
}
