import type { Json } from '@calve/core/plugin';

/** All of a case that gives something else on purpose. */
export interface OtherOutcome {
  rows: Json[][];
  rejected: string[];
  because: string;
}

/**
 * What the strict dialect makes of cases in which Spark's own typing is laxer: the value per record, or `bad`; `refused` when the spec is.
 * Cases that are not named here give what Spark gives.
 */
export const OUTCOMES: Readonly<Record<string, readonly (Json | 'bad')[] | OtherOutcome | 'refused'>> = {
  'csv-tok-25': {
    rows: [['1', ' "ab"']],
    rejected: [],
    because: 'the reader trims nothing: blanks are trimmed per column, from the value',
  },
  'csv-trim-02': {
    rows: [['x', '" y "']],
    rejected: [],
    because: 'a column trims its value; what stands behind a blank is not quoted',
  },
  'csv-trim-05': { rows: [], rejected: [' 1.5 ,2'], because: 'blanks around a number are bad unless the column is trimmed' },
  'csv-null-04': { rows: [[null, 'x']], rejected: [], because: 'a quoted empty cell is null in every column that is not text' },
  'csv-bad-04': { rows: [['1', '2']], rejected: ['x,3', '4'], because: 'rows that do not fit are kept aside, never dropped' },
  'csv-bad-05': { rows: [['1', '2']], rejected: ['x,3'], because: 'thresholds decide whether a file with bad rows is held' },
  'csv-enc-06': { rows: [['1', 'a']], rejected: [], because: 'line mode takes UTF-16 apart at single bytes' },
  // Digits are ASCII only.
  'csv-num-04': ['bad'],
  // Infinity out of digits is an error, zero is not.
  'csv-num-05': ['bad', 'bad', 0],
  // No special texts were named.
  'csv-num-06': Array.from({ length: 8 }, () => 'bad'),
  'csv-num-07': ['bad', 'bad', 'bad', 0.5, 5, 'bad', 'bad'],
  'csv-num-08': [Math.fround(0.1), 16_777_216, 'bad', 0],
  'csv-num-09': ['1.01', '2.68', '-1.01', '1000.00', 'bad'],
  'csv-num-10': ['bad', 'bad', 'bad'],
  // With a decimal comma declared; groups have three digits.
  'csv-num-12': ['1234.50', '1234.50', 'bad'],
  'csv-num-13': [true, true, true, 'bad', 'bad', 'bad'],
  'csv-date-01': ['2021-01-05', 'bad', 'bad', 'bad', 'bad', 'bad', 'bad'],
  'csv-date-07': ['0000-01-01', 'bad', 'bad', 'bad'],
  'csv-date-08': ['bad', 'bad'],
  'csv-ts-01': ['bad', 'bad', 'bad', '2021-01-05T10:11:12.000000Z', 'bad', 'bad'],
  'csv-ts-02': ['2021-01-05T10:11:12.000000Z', 'bad', 'bad', 'bad', 'bad', 'bad'],
  'csv-ts-03': ['2021-01-05T10:11:12.123456Z', '2021-01-05T10:11:12.999999Z', 'bad', 'bad'],
  'csv-ts-04': Array.from({ length: 6 }, () => 'bad'),
  // Adjacent fractions, and a letter that only one engine knows.
  'csv-ts-09': 'refused',
  'csv-ts-12': ['2021-01-05T10:11:12.000000', 'bad', 'bad', 'bad', '2021-03-14T02:30:00.000000'],
  'csv-ts-14': 'refused',
  'csv-ts-15': ['9999-12-31T23:59:59.999999Z', 'bad'],
};

const LINE_MODE = 'line mode, which the strict dialect does not have; the same file in multi-line mode is';

const REASONS: Readonly<Record<string, string>> = {
  'csv-tok-08': `${LINE_MODE} csv-tok-09`,
  'csv-tok-12': 'line ends of two kinds: refused, since what Spark gives depends on its buffer size (test/strict-reads.test.ts)',
  'csv-tok-13': `${LINE_MODE} like csv-tok-11 and csv-tok-14`,
  'csv-tok-15': `${LINE_MODE} csv-tok-16`,
  'csv-tok-17': `${LINE_MODE} csv-tok-18`,
  'csv-tok-34': 'there is no option for another line end than LF, CR LF and CR',
  'csv-tok-35': 'there is no option for the line end: the first one of the file decides',
  'csv-null-05': 'there is no option for the value of a quoted empty cell: it is empty text',
  'csv-num-14': 'Iceberg has no type of 8 bits',
};

/** Why a case is not run; `null`: it is. */
export function reasonOf(id: string, group: string): string | null {
  if (group === 'csv-infer') return "inference is Calve's own: Spark's depends on the order of rows and is never used";
  return REASONS[id] ?? null;
}
