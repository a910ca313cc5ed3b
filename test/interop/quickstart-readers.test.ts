import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CanonicalValue, startDuckDb, startPyIceberg, startSpark } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { parseSparkSqlLine } from '../readers/spark-sql-line.ts';
import { expectedOrders, ORDER_TYPES, ordersOf, printedLine, runQuickstart } from './run-quickstart.ts';

/** What only another file shows: which rows differ, not 48,000 lines of difference. */
function expectSameRows(actual: CanonicalValue[][], expected: CanonicalValue[][]): void {
  expect(actual.length).toBe(expected.length);
  const different = actual.findIndex((row, index) => JSON.stringify(row) !== JSON.stringify(expected[index]));
  expect(different < 0 ? null : { row: different, actual: actual[different], expected: expected[different] }).toBeNull();
}

describe('the quickstart', () => {
  let folder: string;
  let output: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calve-quickstart-'));
    output = await runQuickstart(folder);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('tells which files were found and which were skipped and why', () => {
    for (const file of ['orders-2026-03-01.csv', 'orders-2026-03-02.csv', 'orders-2026-03-03.csv.gz', 'orders-2026-03-04.csv'])
      expect(output).toContain(file);
    for (const file of ['_SUCCESS', '.DS_Store', 'orders-2026-03-05.csv.part', 'readme.txt']) expect(output).toContain(file);
  });

  it('tells the schema and the value that decided each type', () => {
    expect(output).toMatch(
      /amount +decimal\(18,2\) +decided by "[\d.]+" in orders-2026-03-0\d\.csv line \d+: not decimal\(18,1\)/,
    );
    expect(output).toMatch(/ordered_at +timestamp +decided by "2026-03-01T/);
    expect(output).toMatch(/line \d+/);
  });

  it('tells what was committed, and every rejected row with file, line and reason', () => {
    expect(output).toMatch(/^committed snapshot \d+: 48,000 read = 47,997 written \+ 3 rejected$/m);
    expect(output).toMatch(/orders-2026-03-01\.csv line \d+: row:token-count/);
    expect(output).toMatch(/orders-2026-03-02\.csv line \d+: amount:decimal/);
    expect(output).toMatch(/orders-2026-03-04\.csv line \d+: ship_on:date/);
  });

  it('finds nothing new the second time', async () => {
    expect(await runQuickstart(folder)).toContain('nothing new');
  });

  describe.runIf(requireTier('python'))('read with the lines that it printed', () => {
    it('PyIceberg sees every value that was meant', async () => {
      await using reader = await startPyIceberg();
      const table = await reader.run(printedLine(output, 'PyIceberg'));
      expect(table.schema).toEqual(expect.arrayContaining(ORDER_TYPES));
      expectSameRows(ordersOf(table), expectedOrders(folder));
    });

    it('DuckDB sees every value that was meant', async () => {
      await using reader = await startDuckDb();
      const table = await reader.query(printedLine(output, 'DuckDB'));
      expect(table.schema).toEqual(expect.arrayContaining(ORDER_TYPES));
      expectSameRows(ordersOf(table), expectedOrders(folder));
    });

    it('its first rows and rejected rows come from the committed snapshot: a row that PyIceberg adds shows up', async () => {
      const catalog = {
        uri: `sqlite:///${join(folder, 'lake', 'catalog.db')}`,
        warehouse: `file://${join(folder, 'lake', 'warehouse')}`,
      };
      await using reader = await startPyIceberg();
      await reader.append(
        catalog,
        'sales.orders__rejected',
        ['_source_file', 'line', 'errors', 'raw'],
        [['file:///elsewhere/by-hand.csv', '77', ['by:hand'], 'aGVsbG8=']],
      );
      const own = await import('./read-lake.ts');
      const rejects = await own.readLake(join(folder, 'lake'), 'rejects');
      expect(rejects).toHaveLength(4);
      expect(rejects).toContainEqual(
        expect.objectContaining({ line: '77', errors: ['by:hand'], _source_file: 'file:///elsewhere/by-hand.csv' }),
      );
      await reader.append(catalog, 'sales.orders', ['order_id', 'customer', 'amount'], [['1', 'PyIceberg', '0.01']]);
      const rows = await own.readLake(join(folder, 'lake'), 'head');
      expect(rows).toHaveLength(47_998);
      expect(rows).toContainEqual(expect.objectContaining({ order_id: '1', customer: 'PyIceberg', amount: '0.01' }));
    });
  });

  describe.runIf(requireTier('java'))('read with Spark', () => {
    it('sees every value that was meant', async () => {
      const { conf, sql } = parseSparkSqlLine(printedLine(output, 'Spark'));
      await using reader = await startSpark(conf);
      const table = await reader.query(sql);
      expect(table.schema).toEqual(expect.arrayContaining(ORDER_TYPES));
      const expected = expectedOrders(folder);
      // The row that PyIceberg added in the test above is Spark's too, when Python is here.
      expectSameRows(
        ordersOf(table).filter(([id]) => id !== '1'),
        expected,
      );
    });
  });
});
