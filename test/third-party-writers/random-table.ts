import type { ColumnType } from '@calve/core/plugin';
import type { SeededRandom } from '@calve/testkit';

/** Types that the programs of this test have in common, by the names of write_files.py. */
export type ColumnKind = 'int64' | 'float64' | 'decimal' | 'boolean' | 'date' | 'timestamp' | 'string';

/** A table as text: null, or the canonical text of a value of the column's type. */
export interface RandomTable {
  columns: [name: string, kind: ColumnKind][];
  rows: (string | null)[][];
}

/** What a file can hold without a change. */
export interface TextLimits {
  /** Characters beyond ASCII that the encoding has. */
  letters: string;
  /** Characters that mean something to the dialect and are protected there. */
  awkward: string[];
  /** False where empty text cannot be told from null. */
  emptyText: boolean;
  /** A text that means null, which no text may be. */
  nullText: string;
}

/** How Calve declares these types. */
export const COLUMN_TYPES: Readonly<Record<ColumnKind, ColumnType>> = {
  int64: { kind: 'int64' },
  float64: { kind: 'float64' },
  decimal: { kind: 'decimal', precision: 18, scale: 4 },
  boolean: { kind: 'boolean' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp', unit: 'micros', zone: 'none' },
  string: { kind: 'string' },
};

const KINDS: readonly ColumnKind[] = ['int64', 'float64', 'decimal', 'boolean', 'date', 'timestamp', 'string', 'string'];
const EVERY = 5;

/** Three to seven columns, at least one of them text, and up to 40 rows. */
export function randomTable(random: SeededRandom, limits: TextLimits): RandomTable {
  const kinds: ColumnKind[] = ['int64', ...Array.from({ length: 1 + random.below(5) }, () => random.pick(KINDS)), 'string'];
  const columns = kinds.map((kind, at): [string, ColumnKind] => [`${random.pick(['c', 'Name ', 'x.'])}${at}`, kind]);
  const rows = Array.from({ length: 1 + random.below(40) }, () =>
    kinds.map((kind) => (random.below(EVERY) === 0 ? null : randomValue(kind, random, limits))),
  );
  return { columns, rows };
}

function randomValue(kind: ColumnKind, random: SeededRandom, limits: TextLimits): string {
  const digits = (count: number): string => String(random.below(10 ** count)).padStart(count, '0');
  const date = (): string => `${1 + random.below(2)}${digits(3)}-0${1 + random.below(9)}-${10 + random.below(19)}`;
  switch (kind) {
    case 'int64':
      return String(
        random.pick([0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), BigInt(random.below(100_000)), -BigInt(random.below(1000))]),
      );
    case 'float64':
      return String(random.pick([0, 0.1, -1.5e300, 5e-324, 1e21, 123_456.789, random.below(1e9) / 997]));
    case 'decimal':
      return `${random.pick(['', '-'])}${1 + random.below(99_999)}.${digits(4)}`;
    case 'boolean':
      return random.pick(['true', 'false']);
    case 'date':
      return date();
    case 'timestamp':
      return `${date()}T1${random.below(10)}:3${random.below(10)}:05.${digits(5)}${1 + random.below(9)}`;
    case 'string':
      return randomText(random, limits);
  }
}

function randomText(random: SeededRandom, { letters, awkward, emptyText, nullText }: TextLimits): string {
  const pieces = ['a', 'B', '7', ' ', '-', '.', 'null', ...letters, ...awkward, ...awkward];
  const text = Array.from({ length: random.below(9) }, () => random.pick(pieces)).join('');
  return (text === '' && !emptyText) || text === nullText ? 'x' : text;
}
