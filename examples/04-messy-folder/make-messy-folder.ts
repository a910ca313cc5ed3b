import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { germanAmount, type Invoice, invoices, NO_AMOUNT, type Order, orders, webOrders } from './messy-values.ts';

/** What a correct table holds when everything is mended, written down before any file was printed. */
export interface MadeMessyFolder {
  /** One JSON object per line, texts for all scalars. */
  expectedOrders: string;
  expectedInvoices: string;
}

const FIRST_EXPORT = ['order_id', 'ordered_at', 'customer', 'city', 'amount', 'gift'] as const;
const LATER_EXPORT = ['customer', 'channel', 'order_id', 'amount', 'city', 'gift', 'ordered_at'] as const;
/** Place of the order of 2022 whose day is in no calendar: no spec can mend that. */
const NO_SUCH_DAY = 140;

/**
 * Makes the folder that everybody knows: exports of three years whose columns come and move, one of them in windows-1252, JSON Lines beside
 * CSV, a gzip that broke off, values that mean nothing, invoices with `1.234,50`. The same bytes each time.
 */
export async function makeMessyFolder(landing: string, expected: string): Promise<MadeMessyFolder> {
  const years = { 2022: orders(2022), 2023: orders(2023), 2024: orders(2024) };
  const web = webOrders();
  const bills = invoices();
  await mkdir(expected, { recursive: true });
  const made = { expectedOrders: join(expected, 'orders.jsonl'), expectedInvoices: join(expected, 'invoices.jsonl') };
  const rows = [...years[2022].filter((_, index) => index !== NO_SUCH_DAY), ...corrected(years[2023]), ...years[2024], ...web];
  await writeFile(made.expectedOrders, lines(rows));
  await writeFile(made.expectedInvoices, lines(bills));

  // Written beside the landing folder and renamed at the end: a half-made folder is never taken for a whole one.
  const making = `${landing}.making`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true });
  await put(making, 'orders-2022.csv', csv(years[2022].map(spoil), FIRST_EXPORT, ','));
  await put(making, 'orders-2023.csv', csv(years[2023], LATER_EXPORT, ','));
  await put(making, 'orders-2024.csv', windows1252(csv(years[2024], LATER_EXPORT, ';')));
  await put(making, 'orders-2024-web.jsonl', brokenLine(web.map(webLine)));
  const whole = gzipSync(csv(orders(2025), LATER_EXPORT, ','));
  await put(making, 'orders-2025.csv.gz', whole.subarray(0, whole.length >> 1));
  await put(making, 'rechnungen-2024.csv', windows1252(billed(bills)));
  await put(making, 'readme.txt', 'Exports of the shop. Ask Petra.\n');
  await rename(making, landing);
  return made;
}

/** The shop sends the year 2023 again: three amounts were wrong, and one order never happened. */
export async function sendCorrectedFile(landing: string): Promise<void> {
  await put(landing, 'orders-2023.csv', csv(corrected(orders(2023)), LATER_EXPORT, ','), '2026-03-09T06:00:00Z');
}

/** The upload of 2025 succeeds at last. */
export async function sendWholeGzip(landing: string, expectedOrders: string): Promise<void> {
  const rows = orders(2025);
  await put(landing, 'orders-2025.csv.gz', gzipSync(csv(rows, LATER_EXPORT, ',')), '2026-03-09T07:00:00Z');
  await writeFile(expectedOrders, lines(rows), { flag: 'a' });
}

function corrected(rows: readonly Order[]): Order[] {
  return rows
    .filter((_, index) => index !== 17)
    .map((row, index) => (index < 3 ? { ...row, amount: `9${row.amount ?? '0.00'}` } : row));
}

/** One order of 2022 has no amount, and somebody typed that in; another has a day that no calendar knows. */
function spoil(row: Order, index: number): Record<keyof Order, unknown> {
  if (index === NO_AMOUNT) return { ...row, amount: 'n/a' };
  return index === NO_SUCH_DAY ? { ...row, ordered_at: row.ordered_at.replace(/-\d\dT/, '-32T') } : row;
}

function csv<Row extends object>(rows: readonly Row[], columns: readonly (keyof Row & string)[], delimiter: string): string {
  const cell = (value: unknown): string => {
    const text = value === null || value === undefined ? '' : String(value);
    return /["\r\n,;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const line = (values: readonly unknown[]): string => `${values.map(cell).join(delimiter)}\r\n`;
  return line(columns) + rows.map((row) => line(columns.map((name) => row[name]))).join('');
}

/** Numbers stand bare, as the shop's own program wrote them. */
function webLine({ amount, items, ...order }: Order): string {
  const bare = (items ?? []).map(({ sku, quantity, price }) => `{"sku":"${sku}","quantity":${quantity},"price":${price}}`);
  const { order_id, gift, ...texts } = order;
  return `{"order_id":${order_id},"amount":${amount},"gift":${gift},"items":[${bare.join(',')}],${JSON.stringify(texts).slice(1)}`;
}

/** The server was restarted while it wrote one line. */
function brokenLine(texts: readonly string[]): string {
  const broken = '{"order_id":990001,"amount":12.5,"items":[{"sku":"T-';
  return [...texts.slice(0, 120), broken, ...texts.slice(120)].map((text) => `${text}\n`).join('');
}

function billed(bills: readonly Invoice[]): string {
  const [year, month, day] = [0, 1, 2];
  const german = (date: string): string => {
    const parts = date.split('-');
    return `${parts[day]}.${parts[month]}.${parts[year]}`;
  };
  const rows = bills.map(({ rechnung, datum, kunde, betrag }) => ({
    rechnung,
    datum: german(datum),
    kunde,
    betrag: germanAmount(betrag),
  }));
  return csv(rows, ['rechnung', 'datum', 'kunde', 'betrag'], ';');
}

/** The apostrophe is the one character of the values that ISO 8859-1 does not have. */
function windows1252(text: string): Uint8Array {
  return Buffer.from(text.replaceAll('’', '\x92'), 'latin1');
}

function lines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

async function put(folder: string, name: string, content: string | Uint8Array, at = '2026-03-08T06:00:00Z'): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, content);
  await utimes(path, new Date(at), new Date(at));
}
