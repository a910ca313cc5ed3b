import { CalveError } from '../errors/calve-error.ts';
import type { TextParse } from '../projection/projection.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import type { ColumnType } from './column-type.ts';

/** What can be said of a column beside its type: source column, trimming, null tokens, parsing, what to do on failure. */
export type ColumnOptions = Omit<ColumnSpec, 'type' | 'drop' | 'formats'>;

/** The same, and the members of `parse` that a type knows, written beside them: `{ decimal: ',' }` is `{ parse: { decimal: ',' } }`. */
export type ReadingOptions<Members extends keyof TextParse> = ColumnOptions & Pick<TextParse, Members>;

const PARSE_MEMBERS: readonly (keyof TextParse)[] = [
  'zone',
  'unit',
  'encoding',
  'exact',
  'special',
  'true',
  'false',
  'decimal',
  'group',
];

/** `true` or `false`; `boolean({ true: ['yes'], false: ['no'] })` gives other words, in any case. */
export function boolean(options: ReadingOptions<'true' | 'false'> = {}): ColumnSpec {
  return column({ kind: 'boolean' }, options);
}

/** Whole numbers from -2,147,483,648 to 2,147,483,647; `int32({ group: ',' })` reads `1,234`. */
export function int32(options: ReadingOptions<'group'> = {}): ColumnSpec {
  return column({ kind: 'int32' }, options);
}

/** Whole numbers of 64 bits; `int64({ group: ',' })` reads `1,234,567`. */
export function int64(options: ReadingOptions<'group'> = {}): ColumnSpec {
  return column({ kind: 'int64' }, options);
}

/** Floating point numbers of 32 bits; `special: true` takes NaN, Infinity and -Infinity as well. */
export function float32(options: ReadingOptions<'special' | 'decimal' | 'group'> = {}): ColumnSpec {
  return column({ kind: 'float32' }, options);
}

/** Floating point numbers of 64 bits; `special: true` takes NaN, Infinity and -Infinity as well. */
export function float64(options: ReadingOptions<'special' | 'decimal' | 'group'> = {}): ColumnSpec {
  return column({ kind: 'float64' }, options);
}

/**
 * Exact decimal numbers: amounts of money.
 *
 * @param precision Digits altogether, 1 to 38.
 * @param scale Digits after the point, 0 to `precision`.
 * @throws {CalveError} `SPEC_INVALID` (fix-input): a number out of its range.
 *
 * @example
 * decimal(12, 2, { decimal: ',', group: '.' }); // 1.234,50
 * decimal(12, 2, { onFailure: 'null', nulls: ['-'] });
 */
export function decimal(
  precision: number,
  scale: number,
  options: ReadingOptions<'exact' | 'decimal' | 'group'> = {},
): ColumnSpec {
  if (!Number.isInteger(precision) || precision < 1 || precision > 38) {
    throw invalid(`decimal(${precision}, ${scale}): the precision has to be a whole number from 1 to 38.`);
  }
  if (!Number.isInteger(scale) || scale < 0 || scale > precision) {
    throw invalid(`decimal(${precision}, ${scale}): the scale has to be a whole number from 0 to the precision, ${precision}.`);
  }
  return column({ kind: 'decimal', precision, scale }, options);
}

/**
 * Days.
 *
 * @param format A pattern such as `dd/MM/yyyy`. Left out: `yyyy-MM-dd`.
 * @throws {CalveError} `SPEC_INVALID` (fix-input): an empty format.
 */
export function date(format?: string | ColumnOptions, options: ColumnOptions = {}): ColumnSpec {
  return formatted('date', { kind: 'date' }, format, options);
}

/**
 * Times of day, in microseconds.
 *
 * @param format A pattern such as `HH:mm` or `hh:mm a`. Left out: `HH:mm:ss` with or without a fraction.
 * @throws {CalveError} `SPEC_INVALID` (fix-input): an empty format.
 */
export function time(format?: string | ColumnOptions, options: ColumnOptions = {}): ColumnSpec {
  return formatted('time', { kind: 'time' }, format, options);
}

/**
 * Moments on a wall clock, without a zone, in microseconds. For wall time in a known place see `timestampUtc`.
 *
 * @param format A pattern such as `dd/MM/yyyy HH:mm`. Left out: the ISO forms without a zone.
 * @throws {CalveError} `SPEC_INVALID` (fix-input): an empty format.
 */
export function timestamp(format?: string | ColumnOptions, options: ColumnOptions = {}): ColumnSpec {
  return formatted('timestamp', { kind: 'timestamp', unit: 'micros', zone: 'none' }, format, options);
}

/**
 * Moments in UTC, in microseconds.
 *
 * @param format A pattern. Left out: the ISO forms, with `Z`, with an offset, or in UTC already.
 * @param options `zone`: texts without an offset are wall time there. `unit`: texts count seconds, `ms`, `us` or `ns` since 1970.
 * @throws {CalveError} `SPEC_INVALID` (fix-input): an empty format.
 *
 * @example
 * timestampUtc('dd.MM.yyyy HH:mm', { zone: 'Europe/Berlin' });
 * timestampUtc({ unit: 'ms' });
 */
export function timestampUtc(
  format?: string | ReadingOptions<'zone' | 'unit'>,
  options: ReadingOptions<'zone' | 'unit'> = {},
): ColumnSpec {
  return formatted('timestampUtc', { kind: 'timestamp', unit: 'micros', zone: 'utc' }, format, options);
}

/** `timestamp` in nanoseconds, from 1677-09-21 to 2262-04-11. Iceberg keeps them in tables of format version 3. */
export function timestampNs(format?: string | ColumnOptions, options: ColumnOptions = {}): ColumnSpec {
  return formatted('timestampNs', { kind: 'timestamp', unit: 'nanos', zone: 'none' }, format, options);
}

/** `timestampUtc` in nanoseconds, from 1677-09-21 to 2262-04-11. Iceberg keeps them in tables of format version 3. */
export function timestampNsUtc(
  format?: string | ReadingOptions<'zone' | 'unit'>,
  options: ReadingOptions<'zone' | 'unit'> = {},
): ColumnSpec {
  return formatted('timestampNsUtc', { kind: 'timestamp', unit: 'nanos', zone: 'utc' }, format, options);
}

/** UUIDs in their usual form, `123e4567-e89b-12d3-a456-426614174000`. */
export function uuid(options: ColumnOptions = {}): ColumnSpec {
  return column({ kind: 'uuid' }, options);
}

/**
 * Bytes of any length.
 *
 * @param encoding How a text stands for bytes, `base64` or `hex`. Left out: the bytes of the text itself, in UTF-8.
 */
export function binary(encoding?: BytesWord | ColumnOptions, options: ColumnOptions = {}): ColumnSpec {
  return encoded({ kind: 'binary' }, encoding, options);
}

/**
 * Exactly so many bytes.
 *
 * @param bytes 1 or more.
 * @param encoding As for `binary`.
 * @throws {CalveError} `SPEC_INVALID` (fix-input): no whole number from 1 on.
 */
export function fixed(bytes: number, encoding?: BytesWord | ColumnOptions, options: ColumnOptions = {}): ColumnSpec {
  if (!Number.isInteger(bytes) || bytes < 1)
    throw invalid(`fixed(${bytes}): the count of bytes has to be a whole number from 1 on.`);
  return encoded({ kind: 'fixed', bytes }, encoding, options);
}

/** Text: leading zeros and everything else that a number would lose stay. */
export function string(options: ColumnOptions = {}): ColumnSpec {
  return column({ kind: 'string' }, options);
}

/** Leaves the column of the file out of the table; `from-table`: takes it out of a table that has it, too, with its values. */
export function drop(from?: 'from-table'): ColumnSpec {
  return Object.freeze<ColumnSpec>({ drop: from ?? true });
}

type BytesWord = TextParse['encoding'] & string;
type AnyOptions = ReadingOptions<keyof TextParse>;

function formatted(word: string, type: ColumnType, format: string | AnyOptions | undefined, options: AnyOptions): ColumnSpec {
  if (typeof format !== 'string') return column(type, { ...format, ...options });
  if (format === '') throw invalid(`${word}(''): the format is empty; leave it out for the ISO forms.`);
  return column(type, options, { formats: [format] });
}

function encoded(type: ColumnType, encoding: BytesWord | ColumnOptions | undefined, options: ColumnOptions): ColumnSpec {
  return column(type, typeof encoding === 'string' ? { ...options, encoding } : { ...encoding, ...options });
}

function column(type: ColumnType, options: AnyOptions, more: ColumnSpec = {}): ColumnSpec {
  const entries = Object.entries(options);
  const isParse = ([name]: [string, unknown]): boolean => (PARSE_MEMBERS as readonly string[]).includes(name);
  const parse = { ...options.parse, ...Object.fromEntries(entries.filter(isParse)) };
  return Object.freeze<ColumnSpec>({
    ...Object.fromEntries(entries.filter((entry) => !isParse(entry))),
    type: Object.freeze(type),
    ...more,
    ...(Object.keys(parse).length > 0 ? { parse: Object.freeze(parse) } : {}),
  });
}

function invalid(message: string): CalveError {
  return new CalveError('SPEC_INVALID', message, { recovery: 'fix-input' });
}
