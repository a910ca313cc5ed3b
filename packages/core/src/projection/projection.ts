import type { ColumnType, Field } from '../columns/column-type.ts';
import type { Json, Path } from '../json/json.ts';

/** What happens to a value that cannot be typed. */
export type OnFailure = 'reject-row' | 'null' | 'rescue' | 'fail-unit' | 'fail-run';

/** What a text of a floating point column may mean besides a number. */
export type SpecialNumber = 'NaN' | 'Infinity' | '-Infinity';

/** How a text is read beyond its formats. Each member belongs to some types; `readingProblem` refuses it for others. */
export interface TextParse {
  /** Timestamp in UTC: `Area/City`, `UTC` or an offset such as `+05:30`. Texts without a zone are wall time there. */
  zone?: string;
  /** Timestamp in UTC: texts are integers, this unit since 1970-01-01 00:00. */
  unit?: 's' | 'ms' | 'us' | 'ns';
  /** Binary and fixed: how the text stands for bytes. Default: its own UTF-8 bytes. */
  encoding?: 'base64' | 'hex';
  /** Decimal: a value that would lose a non-zero digit is bad. */
  exact?: boolean;
  /** Floating point: `NaN`, `Infinity` and `-Infinity` are values; or which texts mean them, compared exactly. */
  special?: boolean | Record<string, SpecialNumber>;
  /** Boolean: texts that mean true and false, compared in lower case. Default `true` and `false`. */
  true?: string[];
  false?: string[];
  /** Decimal and floating point: the character before the fraction. Default a point. */
  decimal?: string;
  /** Numbers: the character between groups of three digits, `1.234.567`. A number may have none of them. Default: never there. */
  group?: string;
}

/**
 * One column of an output. Rules run in order; error codes come out in the order of the rules, identical in both engines.
 * The exact meaning per type is the strict grammar, `strict-rules.ts`.
 */
export type ColumnRule = {
  target: Field;
} /** Text becomes a value: trim (U+0000 to U+0020), null tokens, guard, conversion. `formats` empty: ISO forms. */ & (
  | { kind: 'text'; source: Path; trim: boolean; nulls: string[]; formats: string[]; parse?: TextParse; onFailure: OnFailure }
  | { kind: 'typed'; source: Path; conversion: 'same' | 'widen' | 'cast'; onFailure: OnFailure }
  /**
   * A struct, list or map out of a reader's nested column with texts at its leaves. `children`: a struct has a rule per member, found in the
   * reader's struct by the one name of its `source` (`constant` null where the reader has none); a list one for its elements; a map one for
   * its keys and one for its values. Children are `text`, `nested` or `constant` null.
   *
   * A null stays null as a whole. A member that cannot be typed is null, with a code; a list or map of which an element, key or value cannot
   * be typed, or came out as null although it was there, is null as a whole. A map that has a key twice is null with `<path>:duplicate-key`.
   * Codes carry the path: `customer.zip:int64`, `tags.element:date`, `prices.value:decimal`.
   */
  | { kind: 'nested'; source: Path; children: ColumnRule[]; onFailure: OnFailure }
  | { kind: 'constant'; value: Json }
  | { kind: 'expression'; expression: Expression; onFailure: OnFailure }
  | { kind: 'provenance'; value: ProvenanceValue }
  /**
   * What would be lost otherwise, as the text of a JSON object; null where there is nothing. `sources`: columns of the reader that no other rule
   * reads, kept by name where they have a value. `from`: a column of the reader that holds such an object already, whose members join in. Columns
   * with the policy `rescue` join in, under their name in the reader, in the rows in which one of their values cannot be typed.
   */
  | { kind: 'rescue'; sources: string[]; from: string | null }
);

/** Facts about where a row came from. */
export type ProvenanceValue =
  | 'unit-uri'
  | 'unit-version'
  | 'unit-modified'
  | 'record'
  | 'run-id'
  | 'planned-at'
  | { pathKey: string };

/** Small typed tree with one SQL printer and one column evaluator. User SQL text is never passed through. */
export type Expression =
  | { kind: 'column'; path: Path }
  | { kind: 'literal'; value: Json; type: ColumnType }
  | { kind: 'call'; function: string; arguments: Expression[] };

/** The one place where text becomes a value: executed on columns here, printed as one SQL SELECT by code generation. */
export interface Projection {
  version: 1;
  rules: ColumnRule[];
  /** Columns by which rows are merged: a row without a value in one of them is rejected, as `<column>:null-key`. Absent: none. */
  keys?: string[];
  filter?: Expression;
  /**
   * A list of the reader, through members of structs: each of its elements becomes a row, and this path means the element then. A record
   * whose list is empty or null stays one row, with null for the element. A record of which one row is wrong is rejected as a whole.
   */
  explode?: Path;
  unknownFields: 'ignore' | 'rescue' | 'reject-row';
}
