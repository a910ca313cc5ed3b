import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CanonicalTable, type DuckDbReader, type PyIcebergReader, startDuckDb, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { LakeWorld, type SpecOptions, TABLE } from './lake-world.ts';

const COLUMNS = ['id', 'name', 'version', 'day'];
const target: SpecOptions['target'] = {
  partitionBy: [{ transform: 'identity', column: 'day' }],
  // Every commit merges the manifests that it finds, of either writer.
  properties: { 'commit.manifest.min-count-to-merge': '2' },
};
const append: SpecOptions = { id: 'append', pattern: 'append-*.csv', onChanged: 'replace', target };
const merge: SpecOptions = {
  id: 'merge',
  pattern: 'merge-*.csv',
  mode: { mode: 'merge', keys: ['id'], newest: ['version'] },
  target,
};
const partitions: SpecOptions = { id: 'days', pattern: 'days-*.csv', mode: { mode: 'overwrite-partitions' }, target };
const whole: SpecOptions = { id: 'whole', pattern: 'whole-*.csv', mode: { mode: 'overwrite-table' }, target };

describe.runIf(requireTier('python'))('each kind of write, on files and manifests of ours and of PyIceberg', () => {
  let world: LakeWorld;
  let pyIceberg: PyIcebergReader;
  let duckDb: DuckDbReader;

  beforeAll(async () => {
    world = await LakeWorld.create();
    [pyIceberg, duckDb] = await Promise.all([startPyIceberg(), startDuckDb()]);
  });
  afterAll(async () => {
    await Promise.all([pyIceberg?.stop(), duckDb?.stop()]);
    await world?.[Symbol.asyncDispose]();
  });

  it('is read equal by PyIceberg, DuckDB and Calve after every step', async () => {
    const catalog = { uri: `sqlite:///${join(world.folder, 'catalog.db')}`, warehouse: `file://${world.warehouse}` };
    const table = `from pyiceberg.catalog.sql import SqlCatalog; t = SqlCatalog("calve", uri=${JSON.stringify(catalog.uri)}, warehouse=${JSON.stringify(catalog.warehouse)}).load_table("${TABLE}")`;
    const put = (name: string, rows: readonly string[]): void => world.put(name, `${COLUMNS.join(',')}\n${rows.join('\n')}\n`);
    const run = async (options: SpecOptions): Promise<void> => {
      expect((await world.run(options)).error).toBeNull();
    };
    const check = async (expected: readonly string[], operation: string): Promise<void> => {
      const { metadataLocation, snapshots } = await pyIceberg.describe(catalog, TABLE);
      const rows = await world.rows();
      const seen = {
        pyIceberg: rowsOf(await pyIceberg.run(`${table}; t.scan().to_arrow()`)),
        duckDb: rowsOf(await duckDb.query(`SELECT * FROM iceberg_scan('${metadataLocation.replace('file://', '')}')`)),
        calve: rows.map((row) => COLUMNS.map((name) => String(row[name])).join(',')).sort(),
      };
      const wanted = [...expected].sort();
      expect(seen).toEqual({ pyIceberg: wanted, duckDb: wanted, calve: wanted });
      expect(snapshots.at(-1)).toMatchObject({ operation, summary: { 'total-records': String(expected.length) } });
    };

    put('append-1.csv', ['1,a,1,2026-01-01', '2,b,1,2026-01-01', '3,c,1,2026-01-02']);
    await run(append);
    await check(['1,a,1,2026-01-01', '2,b,1,2026-01-01', '3,c,1,2026-01-02'], 'append');

    await pyIceberg.append(catalog, TABLE, COLUMNS, [
      ['4', 'theirs', '1', '2026-01-01'],
      ['5', 'theirs', '7', '2026-01-03'],
    ]);
    // One row of ours, two of theirs of which one is newer, a move to another day, and a new one.
    put('merge-1.csv', ['1,A,2,2026-01-01', '4,mine,2,2026-01-02', '5,late,6,2026-01-03', '6,new,1,2026-01-04']);
    await run(merge);
    await check(
      [
        '1,A,2,2026-01-01',
        '2,b,1,2026-01-01',
        '3,c,1,2026-01-02',
        '4,mine,2,2026-01-02',
        '5,theirs,7,2026-01-03',
        '6,new,1,2026-01-04',
      ],
      'overwrite',
    );

    put('append-1.csv', ['2,corrected,1,2026-01-01', '9,added,1,2026-01-01']);
    await run(append);
    await check(
      [
        '1,A,2,2026-01-01',
        '2,corrected,1,2026-01-01',
        '9,added,1,2026-01-01',
        '4,mine,2,2026-01-02',
        '5,theirs,7,2026-01-03',
        '6,new,1,2026-01-04',
      ],
      'overwrite',
    );

    await pyIceberg.execute(`${table}\nt.delete("id = 9")`);
    put('days-1.csv', ['20,day one,1,2026-01-01', '30,day three,1,2026-01-03']);
    await run(partitions);
    const days = ['20,day one,1,2026-01-01', '4,mine,2,2026-01-02', '30,day three,1,2026-01-03', '6,new,1,2026-01-04'];
    await check(days, 'overwrite');
    const { snapshots } = await pyIceberg.describe(catalog, TABLE);
    expect(snapshots.at(-1)?.summary).toMatchObject({
      'replace-partitions': 'true',
      'deleted-records': '3',
      'added-records': '2',
    });

    put('whole-1.csv', ['100,all,1,2026-02-01']);
    await run(whole);
    await check(['100,all,1,2026-02-01'], 'overwrite');
    // PyIceberg goes on from there, and what it writes is merged again.
    await pyIceberg.append(catalog, TABLE, COLUMNS, [['101', 'theirs', '1', '2026-02-01']]);
    put('merge-2.csv', ['101,mine,1,2026-02-01']);
    await run(merge);
    await check(['100,all,1,2026-02-01', '101,mine,1,2026-02-01'], 'overwrite');
    expect(await pyIceberg.execute(`${table}\nt.inspect.files().num_rows`)).toBe('2');
  });
});

function rowsOf(table: CanonicalTable): string[] {
  const places = COLUMNS.map((name) => table.schema.findIndex(([column]) => column === name));
  return table.rows.map((row) => places.map((place) => String(row[place])).join(',')).sort();
}
