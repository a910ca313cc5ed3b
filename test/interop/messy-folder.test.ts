import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CanonicalTable, type CanonicalValue, startDuckDb, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';

const script = fileURLToPath(new URL('../../examples/04-messy-folder/messy.ts', import.meta.url));

const ORDERS = ['order_id', 'ordered_at', 'customer', 'city', 'amount', 'gift', 'channel', 'shipping', 'items'];
const INVOICES = ['rechnung', 'datum', 'kunde', 'betrag'];

type Written = { [name: string]: Written } | Written[] | string | null;

describe('the messy folder', () => {
  let folder: string;
  let output: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calve-messy-'));
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=calve-source', script, folder]);
    output = stdout;
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('tells each file that waits, each value that does not fit with its line, and the patch that mends it', () => {
    const morning = output.slice(output.indexOf('Findings of orders'), output.indexOf('=== Somebody decides'));
    expect(morning).toContain('orders-2024.csv: The file is not valid UTF-8');
    expect(morning).toContain('[1] Read files that are not UTF-8 as windows-1252');
    expect(morning).toContain('orders-2025.csv.gz: The gzip stream is damaged at byte');
    expect(morning).toContain('orders-2022.csv line 42: "n/a"');
    expect(morning).toMatch(/orders-2022\.csv line 142: "2022-\d\d-32T/);
    expect(morning).toContain('orders-2024-web.jsonl line 121  in  {"order_id":990001');
    expect(morning).not.toContain(folder);
  });

  it('leaves open at the end only what no spec can mend', () => {
    const left = output.slice(output.lastIndexOf('Findings of orders'));
    expect(left.match(/^ {2}(warning|error) (\S+)/gm)).toHaveLength(2);
    expect(left).toContain('warning row:json');
    expect(left).toContain('warning ordered_at:timestamp_ntz');
    expect(left).not.toContain('Held');
  });

  describe.runIf(requireTier('python'))('read with the lines that it printed', () => {
    it.each([
      ['sales.orders', ORDERS, 'orders.jsonl'],
      ['sales.invoices', INVOICES, 'invoices.jsonl'],
    ])('%s holds every value that was meant, for PyIceberg and DuckDB', async (table, columns, expected) => {
      const lines = output.slice(output.indexOf(`Read ${table} with`));
      await using pyIceberg = await startPyIceberg();
      await using duckDb = await startDuckDb();
      const meant = sorted(expectedRows(expected, columns));
      expect(sorted(rowsOf(await duckDb.query(lineOf(lines, 'DuckDB')), columns))).toEqual(meant);
      // PyIceberg rebuilds lists of structs without their nulls (https://github.com/apache/arrow/issues/38809): they come out empty.
      const items = columns.indexOf('items');
      const asPyIceberg = meant.map((row) => row.map((value, at) => (at === items && value === null ? [] : value)));
      expect(sorted(rowsOf(await pyIceberg.run(lineOf(lines, 'PyIceberg')), columns))).toEqual(sorted(asPyIceberg));
    });
  });

  function expectedRows(name: string, columns: readonly string[]): CanonicalValue[][] {
    const lines = readFileSync(join(folder, 'expected', name), 'utf8')
      .trimEnd()
      .split('\n');
    return lines.map((line) => {
      const row = JSON.parse(line) as Record<string, Written>;
      return columns.map((column) => {
        const value = canonical(row[column] ?? null);
        return column === 'ordered_at' ? `${String(value)}.000000` : value;
      });
    });
  }
});

/** Members of objects in the order in which they were written, which is that of the table. */
function canonical(value: Written): CanonicalValue {
  if (value === null || typeof value === 'string') return value;
  return (Array.isArray(value) ? value : Object.values(value)).map(canonical);
}

function rowsOf({ schema, rows }: CanonicalTable, columns: readonly string[]): CanonicalValue[][] {
  const places = columns.map((name) => schema.findIndex(([column]) => column === name));
  expect(places).not.toContain(-1);
  return rows.map((row) => places.map((place) => row[place] ?? null));
}

function sorted(rows: CanonicalValue[][]): CanonicalValue[][] {
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function lineOf(lines: string, reader: string): string {
  const [, line] = new RegExp(`^ {2}${reader} +(\\S.*)$`, 'm').exec(lines) ?? [];
  if (line === undefined) throw new Error(`No line for ${reader}:\n${lines}`);
  return line;
}
