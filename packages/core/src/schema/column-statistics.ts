import type { Position } from '../source/position.ts';

/**
 * The narrowest class of one text cell, by the strict grammar of the projection:
 * `boolean` true/false · `int64` · `decimal` (exact, up to 38 digits) · `double` (has an exponent and survives as float64) ·
 * `date` (yyyy-MM-dd) · `timestamp` (ISO, no zone) · `timestamp-utc` (ISO with Z or offset) · `text-number` (a number that is better
 * kept as text: leading zero or plus sign) · `text` (anything else).
 */
export type CellClass =
  | 'boolean'
  | 'int64'
  | 'decimal'
  | 'double'
  | 'date'
  | 'timestamp'
  | 'timestamp-utc'
  | 'text-number'
  | 'text';

/** One cell that stands for others. */
export interface ExampleCell {
  /** At most 200 characters. */
  value: string;
  at: Position;
}

/** What is known of one text column of one or several units. Plain JSON; merging is adding, earlier examples win. */
export interface ColumnStatistics {
  /** Cells with a value, empty text included. */
  values: number;
  nulls: number;
  /** Of `values`: quoted empty cells. They are null in every type but text. */
  empty: number;
  classes: Partial<Record<CellClass, { count: number; first: ExampleCell }>>;
  /** Most digits before the point among int64, decimal and double-safe cells, and the first cell that has them. */
  integerDigits?: { digits: number; first: ExampleCell };
  /** Most digits after the point among decimal cells. */
  scale?: { digits: number; first: ExampleCell };
  /** Int64 and decimal cells that float64 cannot hold exactly: they rule out a double column. */
  notDouble?: { count: number; first: ExampleCell };
  /**
   * The cells of class text by what would read them, were it declared; at most some dozen. Absent: there are none, or at least one of
   * them is read by nothing that inference knows.
   */
  forms?: WrittenForm[];
  /** Every cell of class text is the same, and at most 64 bytes: the value of the first. */
  sameText?: true;
  /** Of class decimal: cells such as `1.234`, which are a thousand and more where a point stands between groups of digits. */
  thousands?: number;
  /** The exact numbers by what it takes to hold them; at most some hundred entries, usually below ten. Absent: none, or not known. */
  shapes?: NumberShape[];
}

/** Cells without exponent, of the classes int64, decimal and text-number (those of up to 38 digits), that need the same room. */
export interface NumberShape {
  class: 'int64' | 'decimal' | 'text-number';
  /** An int64 column takes these cells: all of class int64, none of decimal, and text-numbers such as `007`, which it takes as 7. */
  isInt64: boolean;
  /** Digits before the point without leading zeros; zero has none. */
  integerDigits: number;
  /** Digits after the point without trailing zeros. */
  scale: number;
  count: number;
  first: ExampleCell;
}

/** More forms than that are no column of dates or numbers. */
export const mostForms = 64;

/** Cells of class text that are written in the same way. */
export interface WrittenForm {
  /** Patterns of dates, `dd/MM/yyyy`, or styles of numbers, `1.234,5`: each of them reads every one of the cells. */
  reads: string[];
  count: number;
  first: ExampleCell;
  /** Numbers only: the last separator; the most digits altogether, before it and behind it. */
  number?: { last: string; digits: number; before: number; behind: number };
}

/** Cells with a value; quoted empty ones are null in every type but text. */
export function cellsOf({ values, empty }: Pick<ColumnStatistics, 'values' | 'empty'>): number {
  return values - empty;
}
