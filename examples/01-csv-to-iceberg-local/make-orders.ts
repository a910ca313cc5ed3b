import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Columns of the orders, in table order, and how their values stand in the file of expected rows: as text that loses nothing. */
export const ORDER_COLUMNS = [
  'order_id',
  'ordered_at',
  'customer',
  'country',
  'quantity',
  'amount',
  'weight_kg',
  'gift',
  'ship_on',
  'paid_at',
  'note',
  'coupon',
] as const;

/** One order: text for every value, null for none. */
type Order = Record<(typeof ORDER_COLUMNS)[number], string | null>;

/** What was made. */
export interface MadeOrders {
  /** Rows that a correct table holds, in file order: one JSON array per line, a text or null for each of `ORDER_COLUMNS`. */
  expectedPath: string;
  accepted: number;
  rejected: number;
}

const ROWS_PER_FILE = 12_000;
const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04'] as const;
const NAMES = [
  'Ana Lima',
  'Bo Åkesson',
  'Chidi Okafor',
  'Dara Ní Bhriain',
  'Éva Szabó',
  '藤井 花',
  'Gül Yılmaz',
  'O’Neil, Pat',
  'Zoë "Zo" Peeters',
];
const COUNTRIES = ['BR', 'SE', 'NG', 'IE', 'HU', 'JP', 'TR', 'BE'];
const NOTES = [
  'leave at the door',
  'call before 9:00, please',
  'gift wrap; "no ribbon"',
  'first floor\nring twice',
  'naïve façade – Größe ½',
  'weight is 0,5 kg?',
  '=SUM(A1:A9)',
  '“smart” quotes',
];

/**
 * Makes the landing folder of the example: four days of orders, 48,000 records, of which three are broken, and the files that usually lie
 * beside the data. The same bytes each time.
 *
 * The typed values are written to `expected` before any CSV is printed, so that a test can compare a table with what was meant instead of
 * with what was parsed.
 */
export async function makeOrders(landing: string, expected: string): Promise<MadeOrders> {
  const random = xorshift32(0x9e3779b9);
  const days = DAYS.map((day, index) =>
    Array.from({ length: ROWS_PER_FILE }, (_, row) => order(random, day, index * ROWS_PER_FILE + row)),
  );
  const broken = breakThree(days);
  const accepted = days.flat().filter((row) => !broken.has(row));
  await mkdir(expected, { recursive: true });
  const expectedPath = join(expected, 'orders.jsonl');
  await writeFile(expectedPath, accepted.map((row) => `${JSON.stringify(ORDER_COLUMNS.map((name) => row[name]))}\n`).join(''));

  // Written beside the landing folder and renamed at the end: a half-made folder is never taken for a whole one.
  const making = `${landing}.making`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true });
  const [first, second, third, fourth] = days as [Order[], Order[], Order[], Order[]];
  const plain = ORDER_COLUMNS.filter((name) => name !== 'coupon');
  await put(making, 'orders-2026-03-01.csv', csv(first, plain, '\n', broken));
  // The same columns in another order, and Windows line ends: columns are found by name.
  await put(making, 'orders-2026-03-02.csv', csv(second, [...plain].reverse(), '\r\n', broken));
  // Two gzip members behind each other, as `cat a.gz b.gz` makes them.
  const text = csv(third, plain, '\n', broken);
  const middle = text.length >> 1;
  await put(
    making,
    'orders-2026-03-03.csv.gz',
    Buffer.concat([gzipSync(text.subarray(0, middle)), gzipSync(text.subarray(middle))]),
  );
  // From this day on the shop has coupons.
  await put(making, 'orders-2026-03-04.csv', csv(fourth, [...ORDER_COLUMNS], '\n', broken));
  await put(making, '_SUCCESS', '');
  await put(making, '.DS_Store', 'finder');
  await put(making, 'orders-2026-03-05.csv.part', 'order_id,ordered_at\n1,');
  await put(making, 'readme.txt', 'Orders of the shop, one file a day.\n');
  await rename(making, landing);
  return { expectedPath, accepted: accepted.length, rejected: broken.size };
}

function order(random: () => number, day: string, number: number): Order {
  const pick = <T>(values: readonly T[]): T => values[random() % values.length] as T;
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(random() % 24)}:${two(random() % 60)}:${two(random() % 60)}`;
  const cents = 1 + (random() % 250_000);
  const person = random() % NAMES.length;
  return {
    // Above 2^53: a float would lose the last digits.
    order_id: String(730_000_000_000_000_000n + BigInt(number) * 4001n + BigInt(random() % 4000)),
    ordered_at: `${day}T${time}`,
    customer: NAMES[person] as string,
    country: COUNTRIES[person % COUNTRIES.length] as string,
    quantity: String(1 + (random() % 12)),
    amount: random() % 20 === 0 ? null : `${random() % 40 === 0 ? '-' : ''}${Math.floor(cents / 100)}.${two(cents % 100)}`,
    weight_kg: random() % 10 === 0 ? null : `${random() % 40}.${String(random() % 1000).padStart(3, '0')}`,
    gift: random() % 7 === 0 ? 'true' : 'false',
    ship_on: random() % 8 === 0 ? null : `2026-03-${two(5 + (random() % 20))}`,
    paid_at: random() % 9 === 0 ? null : `${day}T${time}.${String(random() % 1000).padStart(3, '0')}Z`,
    note: random() % 3 === 0 ? pick(NOTES) : null,
    coupon: day === '2026-03-04' && random() % 5 === 0 ? pick(['SPRING', 'WELCOME10', '007']) : null,
  };
}

/** What people and programs get wrong: a field too many, a word for a number, a day that does not exist. */
function breakThree([first, second, , fourth]: Order[][]): Map<Order, (cells: Map<string, string>) => string | null> {
  const broken = new Map<Order, (cells: Map<string, string>) => string | null>();
  const mark = (row: Order | undefined, change: (cells: Map<string, string>) => string | null): void => {
    if (row) broken.set(row, change);
  };
  mark(first?.[4211], (cells) => `${[...cells.values()].join(',')},forgotten`);
  mark(second?.[7], (cells) => {
    cells.set('amount', 'n/a');
    return null;
  });
  mark(fourth?.[11_998], (cells) => {
    cells.set('ship_on', '2026-02-30');
    return null;
  });
  return broken;
}

function csv(
  rows: readonly Order[],
  columns: readonly (typeof ORDER_COLUMNS)[number][],
  lineEnd: '\n' | '\r\n',
  broken: ReturnType<typeof breakThree>,
): Buffer {
  const lines = rows.map((row) => {
    // In a file with Windows line ends a line break inside a cell is one as well.
    const cells = new Map(columns.map((name): [string, string] => [name, cell((row[name] ?? '').replaceAll('\n', lineEnd))]));
    return broken.get(row)?.(cells) ?? [...cells.values()].join(',');
  });
  return Buffer.from(`${[columns.join(','), ...lines].join(lineEnd)}${lineEnd}`);
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function put(folder: string, name: string, content: string | Buffer): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, content);
  const day = /\d{4}-\d{2}-\d{2}/.exec(name)?.[0] ?? '2026-03-01';
  const written = new Date(`${day}T23:59:00Z`);
  await utimes(path, written, written);
}

/** G. Marsaglia, "Xorshift RNGs", 2003: 32 bits a call, the same sequence for the same seed. */
function xorshift32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
