import { CalveError } from '../errors/calve-error.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import type { ColumnType } from './column-type.ts';

/** What can be said of a column beside its type: source column, trimming, null tokens, parsing, what to do on failure. */
export type ColumnOptions = Omit<ColumnSpec, 'type' | 'drop' | 'formats'>;

/** `true` or `false`; `parse: { true: ['yes'], false: ['no'] }` gives other words. */
export function boolean(options: ColumnOptions = {}): ColumnSpec {
  return column({ kind: 'boolean' }, options);
}

/** Whole numbers from -2,147,483,648 to 2,147,483,647. */
export function int32(options: ColumnOptions = {}): ColumnSpec {
  return column({ kind: 'int32' }, options);
}

/** Whole numbers of 64 bits. */
export function int64(options: ColumnOptions = {}): ColumnSpec {
  return column({ kind: 'int64' }, options);
}

/** Floating point numbers of 32 bits. */
export function float32(options: ColumnOptions = {}): ColumnSpec {
  return column({ kind: 'float32' }, options);
}

/** Floating point numbers of 64 bits. */
export function float64(options: ColumnOptions = {}): ColumnSpec {
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
 * decimal(12, 2, { onFailure: 'null', nulls: ['-'] });
 */
export function decimal(precision: number, scale: number, options: ColumnOptions = {}): ColumnSpec {
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
 * Moments on a wall clock, without a zone, in microseconds.
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
 * @param format A pattern with a zone. Left out: the ISO forms that end in `Z` or an offset.
 * @throws {CalveError} `SPEC_INVALID` (fix-input): an empty format.
 */
export function timestampUtc(format?: string | ColumnOptions, options: ColumnOptions = {}): ColumnSpec {
  return formatted('timestampUtc', { kind: 'timestamp', unit: 'micros', zone: 'utc' }, format, options);
}

/** Text: leading zeros and everything else that a number would lose stay. */
export function string(options: ColumnOptions = {}): ColumnSpec {
  return column({ kind: 'string' }, options);
}

/** Leaves the column of the file out of the table. */
export function drop(): ColumnSpec {
  return Object.freeze<ColumnSpec>({ drop: true });
}

function formatted(
  word: string,
  type: ColumnType,
  format: string | ColumnOptions | undefined,
  options: ColumnOptions,
): ColumnSpec {
  if (typeof format !== 'string') return column(type, { ...format, ...options });
  if (format === '') throw invalid(`${word}(''): the format is empty; leave it out for the ISO forms.`);
  return Object.freeze<ColumnSpec>({ ...options, type: Object.freeze(type), formats: [format] });
}

function column(type: ColumnType, options: ColumnOptions): ColumnSpec {
  return Object.freeze<ColumnSpec>({ ...options, type: Object.freeze(type) });
}

function invalid(message: string): CalveError {
  return new CalveError('SPEC_INVALID', message, { recovery: 'fix-input' });
}
