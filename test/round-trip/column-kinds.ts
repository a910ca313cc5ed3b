import type { ColumnType } from '@calve/core/plugin';
import { typeText } from '@calve/core/plugin';
import type { SeededRandom } from '@calve/testkit';

/** One value: boolean; int32, date (days) and floats a number; everything of 64 bits and unscaled decimals a bigint; text; bytes. */
export type Scalar = boolean | number | bigint | string | Uint8Array;

/** What a value is an example of. `odd`: text beyond ASCII, -0, NaN, infinities, dates before 1970, sign bits, … */
export const VALUE_CLASSES = ['null', 'min', 'max', 'empty', 'odd', 'ordinary'] as const;
export type ValueClass = (typeof VALUE_CLASSES)[number];

/** A type with examples of its values. A class without examples cannot exist, and says why. */
export interface ColumnKind {
  /** As `typeText` says it: the row of the coverage table. */
  name: string;
  type: ColumnType;
  /** Text of a CSV file can become it. */
  isInCsv: boolean;
  /** Examples per class; a sentence where there can be none. */
  classes: Record<Exclude<ValueClass, 'null' | 'ordinary'>, readonly Scalar[] | string>;
  ordinary(random: SeededRandom): Scalar;
}

const NEVER_EMPTY = 'a value of this type is never empty';
const INT64_MAX = 2n ** 63n - 1n;
const MICROS_PER_DAY = 86_400_000_000n;
const FIRST_DAY = -719_162; // 0001-01-01
const LAST_DAY = 2_932_896; // 9999-12-31
const FLOAT32_MAX = 2 ** 127 * (2 - 2 ** -23);

const wide = (random: SeededRandom): bigint => BigInt(random.next()) * 2n ** 31n + BigInt(random.next() >>> 1);
const signed = (random: SeededRandom): bigint => (random.below(2) === 0 ? -1n : 1n) * wide(random);
const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

function kind(type: ColumnType, isInCsv: boolean, rest: Omit<ColumnKind, 'name' | 'type' | 'isInCsv'>): ColumnKind {
  return { name: typeText(type), type, isInCsv, ...rest };
}

function decimalKind(precision: number, scale: number): ColumnKind {
  const largest = 10n ** BigInt(precision) - 1n;
  // Where two's complement needs another byte, or a double or an int64 loses digits.
  const edges = [0n, -1n, 127n, 128n, -128n, -129n, 2n ** 53n + 1n, INT64_MAX, INT64_MAX + 1n, -(2n ** 63n), -(2n ** 63n) - 1n];
  return kind({ kind: 'decimal', precision, scale }, true, {
    classes: {
      min: [-largest],
      max: [largest],
      empty: NEVER_EMPTY,
      odd: edges.filter((value) => value <= largest && value >= -largest),
    },
    ordinary: (random) => signed(random) % (largest + 1n),
  });
}

function timestampKind(zone: 'utc' | 'none'): ColumnKind {
  return kind({ kind: 'timestamp', unit: 'micros', zone }, true, {
    classes: {
      min: [BigInt(FIRST_DAY) * MICROS_PER_DAY],
      max: [BigInt(LAST_DAY + 1) * MICROS_PER_DAY - 1n],
      empty: NEVER_EMPTY,
      // Just before 1970, year 0, the days that the Gregorian reform left out, the end of a leap day.
      odd: [-1n, 0n, 1n, BigInt(FIRST_DAY - 366) * MICROS_PER_DAY, -141_421n * MICROS_PER_DAY + 1n, 951_868_799_999_999n],
    },
    ordinary: (random) => (signed(random) >> 8n) % 5_000_000_000_000_000n,
  });
}

function fixedKind(bytes: number): ColumnKind {
  return kind({ kind: 'fixed', bytes }, false, {
    classes: {
      min: [filled(bytes, 0)],
      max: [filled(bytes, 0xff)],
      empty: 'a fixed value always has all its bytes',
      odd: [filled(bytes, 0x80), filled(bytes, 0x7f)],
    },
    ordinary: (random) => random.bytes(bytes),
  });
}

const TEXTS = [
  'Zürich',
  '名前',
  '\u{1F600}\u{1F468}\u200D\u{1F469}',
  'e\u0301',
  // UTF-16 would sort these two the other way round.
  '\uFF5E',
  '\u{10000}',
  'a/b=c&d%20',
  'say "hi"',
  'two\nlines',
  'a,b;c\td',
  ' blanks ',
  'null',
  '\uFEFFmark',
  'nul\u0000inside',
  'ü'.repeat(40),
  `${'x'.repeat(15)}\u{10FFFF}y`,
  'שלום',
];

/** Every type that a new table of format version 2 can have. */
export const COLUMN_KINDS: readonly ColumnKind[] = [
  kind({ kind: 'boolean' }, true, {
    classes: { min: [false], max: [true], empty: NEVER_EMPTY, odd: 'false and true are all there is' },
    ordinary: (random) => random.below(2) === 0,
  }),
  kind({ kind: 'int32' }, true, {
    classes: { min: [-(2 ** 31)], max: [2 ** 31 - 1], empty: NEVER_EMPTY, odd: [0, -1, 127, 128, -129, 65_536] },
    ordinary: (random) => random.below(2000) - 1000,
  }),
  kind({ kind: 'int64' }, true, {
    classes: { min: [-(2n ** 63n)], max: [INT64_MAX], empty: NEVER_EMPTY, odd: [0n, -1n, 2n ** 53n + 1n, -(2n ** 31n) - 1n] },
    ordinary: (random) => signed(random),
  }),
  kind({ kind: 'float32' }, true, {
    classes: {
      min: [-FLOAT32_MAX],
      max: [FLOAT32_MAX],
      empty: NEVER_EMPTY,
      odd: [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** -149, Math.fround(0.1)],
    },
    ordinary: (random) => Math.fround((random.below(20_000) - 10_000) / 7),
  }),
  kind({ kind: 'float64' }, true, {
    classes: {
      min: [-Number.MAX_VALUE],
      max: [Number.MAX_VALUE],
      empty: NEVER_EMPTY,
      odd: [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE, 0.1, 1e23],
    },
    ordinary: (random) => (random.below(20_000) - 10_000) / 7,
  }),
  decimalKind(4, 2),
  decimalKind(9, 0),
  decimalKind(18, 6),
  decimalKind(19, 19),
  decimalKind(38, 10),
  kind({ kind: 'date' }, true, {
    // Year 0, the days that the Gregorian reform left out, both sides of 1970, a leap day.
    classes: { min: [FIRST_DAY], max: [LAST_DAY], empty: NEVER_EMPTY, odd: [FIRST_DAY - 366, -141_421, -1, 0, 11_016] },
    ordinary: (random) => random.below(40_000) - 10_000,
  }),
  kind({ kind: 'time' }, false, {
    classes: { min: [0n], max: [MICROS_PER_DAY - 1n], empty: NEVER_EMPTY, odd: [1n, MICROS_PER_DAY / 2n, 3_599_999_999n] },
    ordinary: (random) => wide(random) % MICROS_PER_DAY,
  }),
  timestampKind('none'),
  timestampKind('utc'),
  kind({ kind: 'string' }, true, {
    // The smallest text that is not empty; one that has no larger text of the same length, so no upper bound.
    classes: { min: ['\u0000'], max: ['\u{10FFFF}'.repeat(20)], empty: [''], odd: TEXTS },
    ordinary: (random) => `word ${random.below(1000)}`,
  }),
  kind({ kind: 'binary' }, false, {
    classes: {
      min: [filled(1, 0)],
      max: [filled(20, 0xff)],
      empty: [new Uint8Array(0)],
      odd: [Uint8Array.of(0xff, 0xfe), Uint8Array.of(0x80), Uint8Array.of(0, 0), Uint8Array.of(...filled(16, 0xff), 0)],
    },
    ordinary: (random) => random.bytes(1 + random.below(24)),
  }),
  kind({ kind: 'uuid' }, false, {
    // With the sign bits of both halves, which Java's own order of UUIDs gets wrong.
    classes: {
      min: [filled(16, 0)],
      max: [filled(16, 0xff)],
      empty: NEVER_EMPTY,
      odd: [
        filled(16, 0x80),
        Uint8Array.of(0x7f, ...filled(15, 0xff)),
        Uint8Array.of(0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, ...filled(7, 0)),
      ],
    },
    ordinary: (random) => random.bytes(16),
  }),
  fixedKind(3),
  fixedKind(20),
];

/** Types of the sink that no table of format version 2 has, and why. */
export const KINDS_LEFT_OUT: Readonly<Record<string, string>> = {
  timestamp_ns: 'needs format version 3; the sink refuses it (SCHEMA_IMPOSSIBLE), which its own tests show',
  'timestamp_ns (UTC)': 'needs format version 3; the sink refuses it (SCHEMA_IMPOSSIBLE), which its own tests show',
  unknown: 'needs format version 3; a column without a value is not created',
};
