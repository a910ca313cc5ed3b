import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ORDER_COLUMNS } from '../../examples/01-csv-to-iceberg-local/make-orders.ts';
import type { CanonicalTable, CanonicalValue } from '../readers/readers.ts';

const script = fileURLToPath(new URL('../../examples/01-csv-to-iceberg-local/quickstart.ts', import.meta.url));

/** Runs the quickstart in a folder of its own and gives what it prints. Rejects when it fails. */
export async function runQuickstart(folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=calve-source', script, folder], {
    maxBuffer: 64 << 20,
  });
  return stdout;
}

/** The line that the quickstart prints for one reader. */
export function printedLine(output: string, reader: 'PyIceberg' | 'DuckDB' | 'Spark'): string {
  const line = new RegExp(`^ {2}${reader} +(\\S.*)$`, 'm').exec(output)?.[1];
  if (line === undefined) throw new Error(`The quickstart printed no line for ${reader}:\n${output}`);
  return line;
}

/** The rows that the generator meant, as it wrote them down before it printed any CSV: canonical texts, ordered by `order_id`. */
export function expectedOrders(folder: string): CanonicalValue[][] {
  const lines = readFileSync(join(folder, 'expected', 'orders.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  const rows = lines.map((line) =>
    (JSON.parse(line) as (string | null)[]).map((value, index) => canonical(ORDER_COLUMNS[index] as string, value)),
  );
  return byOrderId(rows);
}

/** The columns of the orders in the order of the generator, ordered by `order_id`; what Calve adds is left out. */
export function ordersOf(table: CanonicalTable): CanonicalValue[][] {
  const places = ORDER_COLUMNS.map((name) => {
    const place = table.schema.findIndex(([column]) => column === name);
    if (place < 0)
      throw new Error(`The reader gave no column "${name}", only ${table.schema.map(([column]) => column).join(', ')}.`);
    return place;
  });
  return byOrderId(table.rows.map((row) => places.map((place) => row[place] ?? null)));
}

/** Types that the readers must see. */
export const ORDER_TYPES = [
  ['order_id', 'int64'],
  ['ordered_at', 'timestamp'],
  ['customer', 'string'],
  ['country', 'string'],
  ['quantity', 'int64'],
  ['amount', 'decimal(18,2)'],
  ['weight_kg', 'decimal(18,3)'],
  ['gift', 'boolean'],
  ['ship_on', 'date'],
  ['paid_at', 'timestamp (UTC)'],
  ['note', 'string'],
  ['coupon', 'string'],
];

function canonical(column: string, value: string | null): CanonicalValue {
  if (value === null) return null;
  if (column === 'ordered_at') return `${value}.000000`;
  if (column === 'paid_at') return value.replace('Z', '000Z');
  return value;
}

function byOrderId(rows: CanonicalValue[][]): CanonicalValue[][] {
  return rows.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}
