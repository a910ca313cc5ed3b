import type { InputLimits } from '@calve/core/plugin';
import type { CsvOptionsInput } from '@calve/format-csv';
import { type SeededRandom, seededRandom } from '@calve/testkit';

/** One line of a file: the bytes of its cells, of what stands between them, and of its end, one character per byte. */
export interface DraftRecord {
  cells: string[];
  /** One fewer than cells. */
  delimiters: string[];
  end: string;
}

/** A file while mutators work on it. */
export interface CsvDraft {
  /** The first one names the columns, as long as no mutator says otherwise. */
  records: DraftRecord[];
  /** The whole file, once a mutator has changed single bytes of it; `records` mean nothing then. One character per byte. */
  bytes: string | null;
  options: CsvOptionsInput;
  limits: Partial<InputLimits>;
}

/** UTF-8 with one character per byte. */
export function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** A cell in quotes, inner quotes doubled. */
export function quotedCell(cell: string, quote = '"'): string {
  return `${quote}${cell.replaceAll(quote, quote + quote)}${quote}`;
}

const COLUMNS: [name: string, value: (random: SeededRandom, row: number) => string][] = [
  ['id', (_, row) => String(row)],
  ['amount', (random) => `${random.below(2) === 0 ? '-' : ''}${random.below(100_000)}.${10 + random.below(90)}`],
  ['ordered', (random) => `20${10 + random.below(20)}-0${1 + random.below(9)}-1${random.below(10)}`],
  ['at', (random) => `2024-02-29T1${random.below(10)}:30:00${random.pick(['', '.5', '.123456'])}`],
  ['paid', (random) => random.pick(['true', 'false'])],
  ['ratio', (random) => random.pick(['0.5', '1e-3', '-7.25E+2', '0'])],
  ['größe', (random) => bytesOf(random.pick(['Zürich', '名前', '\u{1F600}', 'plain', '', 'O’Neil']))],
  ['note', (random) => random.pick(['', '""', '"a, b"', '"two\nlines"', '"say ""hi"""', ' blanks ', 'x'])],
];

/** A valid file with a header, LF, two to eight columns of several types and, mostly, few rows. */
export function randomDraft(seed: number): CsvDraft {
  const random = seededRandom(seed);
  const first = random.below(4);
  const columns = COLUMNS.slice(first, first + 2 + random.below(COLUMNS.length - 1 - first));
  const rows = random.below(30) === 0 ? 200 + random.below(300) : 1 + random.below(20);
  const record = (cells: string[]): DraftRecord => ({ cells, delimiters: cells.slice(1).map(() => ','), end: '\n' });
  const header = record(columns.map(([name]) => bytesOf(name)));
  const records = Array.from({ length: rows }, (_, row) => record(columns.map(([, value]) => value(random, row))));
  const options: CsvOptionsInput = random.below(2) === 0 ? {} : { header: true, delimiter: ',' };
  return { records: [header, ...records], bytes: null, options, limits: {} };
}

/** The bytes of a draft, one character each. */
export function render({ bytes, records }: CsvDraft): string {
  if (bytes !== null) return bytes;
  return records
    .map(
      ({ cells, delimiters, end }) =>
        cells.map((cell, at) => (at === 0 ? cell : (delimiters[at - 1] ?? ',') + cell)).join('') + end,
    )
    .join('');
}
