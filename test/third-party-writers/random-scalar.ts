import type { SeededRandom } from '@calve/testkit';

/** Scalar types that the programs of this test have in common, by the names of task_tables.py. */
export type ColumnKind =
  | 'int64'
  | 'float64'
  | 'decimal'
  | 'decimal38'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'string';

/** What a file can hold of scalars without a change. */
export interface ScalarLimits {
  /** Characters beyond ASCII that the encoding has. */
  letters: string;
  /** Characters that mean something to the dialect and are protected there. */
  awkward: string[];
  /** False where empty text cannot be told from null. */
  emptyText: boolean;
  /** A text that means null, which no text may be. */
  nullText: string | null;
  /** Digits of a second, 0 to 6. Default: 6. */
  fractionDigits?: number;
  /** Digits that count of a floating point number. Default: all. */
  significantDigits?: number;
  /** Years within those that nanoseconds in 64 bits hold, rather than 1000 to 2999. */
  nearYears?: boolean;
}

/** The canonical text of a value. */
export function randomScalar(kind: ColumnKind, random: SeededRandom, limits: ScalarLimits): string {
  const digits = (count: number): string => String(random.below(10 ** count)).padStart(count, '0');
  const year = (): string => (limits.nearYears ? String(1700 + random.below(500)) : `${1 + random.below(2)}${digits(3)}`);
  const date = (): string => `${year()}-0${1 + random.below(9)}-${10 + random.below(19)}`;
  const fraction = (): string => `${digits(5)}${1 + random.below(9)}`.slice(0, limits.fractionDigits).padEnd(6, '0');
  switch (kind) {
    case 'int64':
      return String(
        random.pick([
          0n,
          -1n,
          2n ** 63n - 1n,
          -(2n ** 63n),
          2n ** 53n + 1n,
          BigInt(random.below(1e5)),
          -BigInt(random.below(1e3)),
        ]),
      );
    case 'float64': {
      const value = random.pick([0, 0.1, -1.5e300, 5e-324, 1e21, 123_456.789, random.below(1e9) / 997]);
      return String(limits.significantDigits === undefined ? value : Number(value.toPrecision(limits.significantDigits)));
    }
    case 'decimal':
      return `${random.pick(['', '-'])}${1 + random.below(99_999)}.${digits(4)}`;
    case 'decimal38':
      return `${random.pick(['', '-'])}${random.pick(['0', `${1 + random.below(9)}${digits(9)}${digits(9)}${digits(9)}`])}.${digits(9)}1`;
    case 'boolean':
      return random.pick(['true', 'false']);
    case 'date':
      return date();
    case 'timestamp':
      return `${date()}T1${random.below(10)}:3${random.below(10)}:05.${fraction()}`;
    case 'timestamptz':
      return `${date()}T0${random.below(10)}:5${random.below(10)}:59.${fraction()}Z`;
    case 'string':
      return randomText(random, limits);
  }
}

/** Up to eight letters, digits and awkward characters. */
export function randomText(random: SeededRandom, { letters, awkward, emptyText, nullText }: ScalarLimits): string {
  const pieces = ['a', 'B', '7', ' ', '-', '.', 'null', ...letters, ...awkward, ...awkward];
  const text = Array.from({ length: random.below(9) }, () => random.pick(pieces)).join('');
  return (text === '' && !emptyText) || text === nullText ? 'x' : text;
}

/** The value that is hardest to keep: the largest number, the last moment, a text with everything in it. */
export function scalarExtreme(kind: ColumnKind, limits: ScalarLimits): string {
  const time = '23:59:59.999999'.slice(0, 9 + (limits.fractionDigits ?? 6)).padEnd(15, '0');
  const date = limits.nearYears ? '2199-12-31' : '9999-12-31';
  switch (kind) {
    case 'int64':
      return String(2n ** 63n - 1n);
    case 'float64':
      return String(limits.significantDigits === undefined ? Number.MAX_VALUE : 1.5e300);
    case 'decimal':
      return `-${'9'.repeat(14)}.9999`;
    case 'decimal38':
      return `-${'9'.repeat(28)}.${'9'.repeat(10)}`;
    case 'boolean':
      return 'false';
    case 'date':
      return date;
    case 'timestamp':
      return `${date}T${time}`;
    case 'timestamptz':
      return `${date}T${time}Z`;
    case 'string':
      return `x${limits.letters}${limits.awkward.join('')}`;
  }
}
