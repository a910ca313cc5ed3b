import { type ColumnType, sameType, typeText } from '../columns/column-type.ts';
import { columnFix, type DeclaredColumn, type Fix } from '../findings/column-fixes.ts';
import type { Json } from '../json/json.ts';
import type { TextParse } from '../projection/projection.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import { mostDecimalDigits } from './classify-cell.ts';
import type { CandidateColumn } from './column-question.ts';
import type { ColumnStatistics, WrittenForm } from './column-statistics.ts';
import { statisticsOf } from './merge-statistics.ts';
import { type NumberStyle, numberStyles } from './written-number.ts';

/** A declaration that reads every value of a column that is text without it. */
export interface Reading {
  /** `dd/MM/yyyy`, `1.234,5`. */
  written: string;
  /** Type, and patterns or separators. */
  spec: Required<Pick<ColumnSpec, 'type'>> & Pick<ColumnSpec, 'formats' | 'parse'>;
}

/**
 * The declarations that read all values of a column, found by what was counted and not by looking again. Several: the values can be
 * read in each of these ways, and only a person can tell. Pure.
 */
export function findReadings(statistics: ColumnStatistics): Reading[] {
  const { classes, forms = [], values, empty } = statistics;
  const counted = forms.reduce((sum, { count }) => sum + count, 0);
  if (counted === 0 || counted !== classes.text?.count) return [];
  const cells = values - empty;
  const isNumbers = forms.every(({ number }) => number !== undefined);
  if (isNumbers) return numberReadings(statistics, cells);
  const isDates = forms.every(({ number }) => number === undefined);
  return isDates && counted + (classes.date?.count ?? 0) === cells ? dateReadings(forms, classes.date !== undefined) : [];
}

/** Patches that make all values of a column fit a type that is settled already: its own patterns or separators. */
export function readingFixesAs(candidate: CandidateColumn, type: ColumnType): Fix[] {
  const { name, declared } = candidate;
  const statistics = statisticsOf(candidate);
  if (!statistics) return [];
  const readings = findReadings(statistics).filter(
    ({ spec }) => spec.type.kind === type.kind || (spec.parse !== undefined && takesSeparators(type, spec.parse)),
  );
  return readingFixes(
    name,
    declared,
    readings.map(({ written, spec }) => ({ written, spec: { ...spec, type } })),
  );
}

function takesSeparators({ kind }: ColumnType, { decimal }: TextParse): boolean {
  if (kind === 'int32' || kind === 'int64') return decimal === undefined;
  return kind === 'decimal' || kind === 'float32' || kind === 'float64';
}

/** `date when read as dd/MM/yyyy`; of several readings it says that only a person can tell. */
export function readingsText(readings: readonly Reading[]): string {
  const ways = readings.map(({ written, spec }) => `${typeText(spec.type)} when read as ${written}`);
  return readings.length > 1 ? `${ways.join(', and also ')}, so that only you can tell which is right` : (ways[0] ?? '');
}

/** Patches of the spec that declare a column so, one per reading. What else the spec says about the column stays. */
export function readingFixes(column: string, declared: DeclaredColumn, readings: readonly Reading[]): Fix[] {
  return readings.map(({ written, spec }) => {
    const { type, formats, parse } = spec;
    return columnFix(`Read "${column}" as ${written}`, column, declared, {
      type: type as unknown as Json,
      ...(formats ? { formats } : {}),
      ...(parse ? { parse: { ...declared?.spec.parse, ...parse } as Json } : {}),
    });
  });
}

function dateReadings(forms: readonly WrittenForm[], hasIso: boolean): Reading[] {
  const tight = [...forms.map((form) => form.reads), ...(hasIso ? [['yyyy-MM-dd']] : [])];
  const loose = tight.map((patterns) => patterns.map(loosePattern));
  for (const find of [oneForAll, twoForAll]) {
    for (const reads of [tight, loose]) {
      const found = find(reads);
      if (found.length > 0)
        return found.map((formats) => ({ written: formats.join(' or '), spec: { type: timeType(formats), formats } }));
    }
  }
  return [];
}

function timeType([pattern = '']: readonly string[]): ColumnType {
  if (!/[Hh]/.test(pattern)) return { kind: 'date' };
  return { kind: 'timestamp', unit: 'micros', zone: pattern.endsWith('x') ? 'utc' : 'none' };
}

function oneForAll(reads: readonly (readonly string[])[]): string[][] {
  return commonOf(reads).map((pattern) => [pattern]);
}

/** Pairs of patterns of one type of which each value is read by one, and no value by both in different ways. */
function twoForAll(reads: readonly (readonly string[])[]): string[][] {
  const patterns = [...new Set(reads.flat())].sort();
  return patterns.flatMap((one, index) =>
    patterns
      .slice(index + 1)
      .filter((other) => sameType(timeType([one]), timeType([other])) && partsOf(one) !== partsOf(other))
      .filter((other) => reads.every((list) => list.includes(one) || list.includes(other)))
      .map((other) => [one, other]),
  );
}

/** What is alike for patterns that differ in the order of day and month only: neither is right where both read a value. */
function partsOf(pattern: string): string {
  return pattern.replace(/M+/, 'd').replace(/d+/g, 'd');
}

function numberReadings(statistics: ColumnStatistics, cells: number): Reading[] {
  const { classes, forms = [], thousands = 0 } = statistics;
  const decimals = classes.decimal?.count ?? 0;
  const numbers = (classes.text?.count ?? 0) + (classes.int64?.count ?? 0) + decimals;
  if (numbers !== cells) return [];
  const written = new Set(commonOf(forms.map((form) => form.reads)));
  const styles = numberStyles.filter(
    (style) =>
      written.has(style.written) && (decimals === 0 || style.decimal === '.' || (style.group === '.' && decimals === thousands)),
  );
  // Groups that no value has are not declared.
  const plain = styles.filter(({ group }) => group === null).map(({ decimal }) => decimal);
  return styles
    .filter(({ decimal, group }) => group === null || !plain.includes(decimal))
    .flatMap((style) => numberReading(style, statistics));
}

function numberReading(style: NumberStyle, { classes, forms = [], integerDigits, scale: finest }: ColumnStatistics): Reading[] {
  const { written, decimal, group } = style;
  const sizes = forms.flatMap(({ number }) => (number ? [number] : []));
  const isFraction = (last: string): boolean => last === decimal;
  const pointDigits = decimal === '.' ? 0 : classes.decimal ? 3 : 0;
  const before = Math.max(
    (integerDigits?.digits ?? 0) + pointDigits,
    ...sizes.map((number) => (isFraction(number.last) ? number.before : number.digits)),
  );
  const scale = Math.max(
    decimal === '.' ? (finest?.digits ?? 0) : 0,
    ...sizes.map((number) => (isFraction(number.last) ? number.behind : 0)),
  );
  if (before + scale > mostDecimalDigits) return [];
  if (scale === 0 && before <= 18 && group !== null) return [{ written, spec: { type: { kind: 'int64' }, parse: { group } } }];
  const precision = before + scale <= 18 ? 18 : mostDecimalDigits;
  const parse = { ...(decimal === '.' ? {} : { decimal }), ...(group === null ? {} : { group }) };
  return [{ written, spec: { type: { kind: 'decimal', precision, scale }, parse } }];
}

function commonOf(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...rest] = lists;
  return [...new Set(first)].filter((item) => rest.every((list) => list.includes(item)));
}

/** The pattern that also takes numbers of one digit. */
function loosePattern(pattern: string): string {
  return pattern
    .replace('dd', 'd')
    .replace(/(?<!M)MM(?!M)/, 'M')
    .replace('HH', 'H')
    .replace('hh', 'h');
}
