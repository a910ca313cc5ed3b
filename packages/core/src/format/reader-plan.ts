import type { Field } from '../columns/column-type.ts';
import type { Path } from '../json/json.ts';

/** Delimited text. Both engines read every column as text. */
export interface DelimitedReader {
  kind: 'delimited';
  /** One name per column, in file order; unique ignoring case. */
  columns: string[];
  /** One or more characters. */
  delimiter: string;
  /** One character, or no quoting at all. */
  quote: string | null;
  /** One character; the quote itself means that a quote inside quotes is doubled. */
  escape: string | null;
  /** A record whose first character is this one is no data. */
  comment: string | null;
  /** A bad quote is data, as Spark reads it, and a finding. */
  unescapedQuotes: 'stop-at-delimiter' | 'stop-at-closing-quote';
  /** `utf-8`, `utf-16le`, `iso-8859-1`, `windows-1252`, …: in lower case, as in the Encoding standard. A byte order mark is no data. */
  encoding: string;
  /**
   * Nobody said that it is UTF-8, and only parts of the file were looked at: when all of it looks like another encoding, the unit is refused with
   * `TEXT_MALFORMED` (in process only).
   */
  isEncodingAssumed?: true;
  /**
   * Only the header and a few bytes were looked at, which other files have too, and it is read like these: a rejected record, or anything else that a look at all
   * of it would tell, ends the unit with `PLAN_INCOMPLETE`, so that it is planned from all of it (in process only).
   */
  isPartial?: true;
  /** Line ends inside quotes belong to the value. */
  multiLine: boolean;
  /** The first record names the columns and is no data. */
  header: boolean;
  /** Physical lines before the header that are no data. */
  skipLines: number;
  /** Lines at the end that are no data, those of nothing but blanks not counted. */
  skipFooterLines: number;
  compression: 'gzip' | 'zstd' | null;
}

/**
 * JSON in UTF-8. Both engines read the structure that `fields` says and every scalar as text: the unescaped text of a string, the exact
 * source text of everything else. A string field takes any value, objects and arrays too, as their source text.
 */
export interface JsonReader {
  kind: 'json';
  /**
   * `lines`: one record per line; what follows the first value of a line is ignored and reported. `values`: values one after another, over
   * any number of lines (in process only). `document`: one value per file, an array of records or one record.
   */
  framing: 'lines' | 'values' | 'document';
  /**
   * Nobody said that it is a document, and only its beginning was looked at: another value behind it refuses the unit with
   * `JSON_FRAMING_AMBIGUOUS` (in process only). Documents only.
   */
  isFramingAssumed?: true;
  /** Names of the members that lead to the array of records (or to the one record); empty: the document itself. Documents only. */
  recordsAt: Path;
  /** The top-level members that are read: structs, lists and maps of any depth, with `string` at every leaf. */
  fields: Field[];
  /**
   * `fields` are the members that the head of the file has, and the rest of it was not looked at: another member of a record, null or not, ends the
   * unit with `PLAN_INCOMPLETE`, so that it is planned from all of it (in process only). Records on lines only.
   */
  isPartial?: true;
  /** Name of one more text column: a JSON object of the members that `fields` does not name, null when there are none. Null: they are ignored. */
  rescue: string | null;
  compression: 'gzip' | 'zstd' | null;
}

/** Closed union owned by core: all that decoders in workers and code generation ever know about formats. */
export type ReaderPlan =
  | DelimitedReader
  | JsonReader
  | { kind: 'parquet'; fields: Field[] }
  /** Converted once in process, read as Parquet by Spark: Excel, XML. */
  | { kind: 'staged'; fields: Field[] }
  | { kind: 'query'; statement: string; fields: Field[] }
  /** Honest: in process only, code generation refuses. */
  | { kind: 'opaque'; format: string };
