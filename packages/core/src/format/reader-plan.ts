import type { Field } from '../columns/column-type.ts';
import type { Path } from '../json/json.ts';

/** Delimited text. Both engines read every column as text. */
export interface DelimitedReader {
  kind: 'delimited';
  /** One name per column, in file order; unique ignoring case. */
  columns: string[];
  delimiter: string;
  /** One character, or no quoting at all. */
  quote: string | null;
  /** One character; the quote itself means that a quote inside quotes is doubled. */
  escape: string | null;
  /** A record whose first character is this one is no data. */
  comment: string | null;
  /** A bad quote is data, as Spark reads it, and a finding. */
  unescapedQuotes: 'stop-at-delimiter' | 'stop-at-closing-quote';
  encoding: string;
  /** Line ends inside quotes belong to the value. */
  multiLine: boolean;
  /** The first record names the columns and is no data. */
  header: boolean;
  /** Physical lines before the header that are no data. */
  skipLines: number;
  compression: 'gzip' | 'zstd' | null;
}

/** Closed union owned by core: all that decoders in workers and code generation ever know about formats. */
export type ReaderPlan =
  | DelimitedReader
  | { kind: 'json'; framing: 'lines' | 'document'; recordsAt: Path; fields: Field[]; compression: 'gzip' | 'zstd' | null }
  | { kind: 'parquet'; fields: Field[] }
  /** Converted once in process, read as Parquet by Spark: Excel, XML. */
  | { kind: 'staged'; fields: Field[] }
  | { kind: 'query'; statement: string; fields: Field[] }
  /** Honest: in process only, code generation refuses. */
  | { kind: 'opaque'; format: string };
