import type { Field } from '@calve/core/plugin';

/** How Spark reads one group of files: options, schema, and the names under which the SELECT finds its columns. */
export interface SparkReader {
  format: 'csv' | 'json';
  /** All that decide about rows, none left to a default. */
  options: Record<string, string>;
  /** Every scalar as text. */
  schema: string;
  /** Columns of the view that the SELECT reads, as `<expression> AS c1`: names of the data never meet names of the program. */
  select: string[];
  /** What stands in each column of the view, in order; `name` is the reader's. */
  columns: Field[];
  /** SQL for the code of a record that is none; its text is in the column `CORRUPT`. */
  badRecord: string;
  /** What a file must be called to be read like this, as the end of its name; null: anything that Spark does not take for compressed. */
  suffix: string | null;
}

/** The name of a column of the view, counted from 1. */
export function viewColumn(place: number): string {
  return `c${place}`;
}

/** Where the view keeps the text of a record that is none. */
export const CORRUPT = 'corrupt';

/** Why files packed with zstd are refused. */
export const ZSTD = 'Spark 4.0 cannot unpack zstd without libraries of the operating system; use gzip.';
