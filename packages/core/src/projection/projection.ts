import type { ColumnType, Field } from '../columns/column-type.ts';
import type { Json, Path } from '../json/json.ts';

/** What happens to a value that cannot be typed. */
export type OnFailure = 'reject-row' | 'null' | 'rescue' | 'fail-unit' | 'fail-run';

/** How a text is read beyond its formats. */
export interface TextParse {
  /** IANA name or offset: texts without a zone are wall time there. */
  zone?: string;
  /** Integers are an epoch in this unit. */
  unit?: 's' | 'ms' | 'us' | 'ns';
  encoding?: 'base64' | 'hex';
  /** Decimal: a value that would lose a non-zero digit is bad. */
  exact?: boolean;
  /** Floating point: NaN, Infinity and -Infinity are values. */
  special?: boolean;
  /** Boolean: texts that mean true and false, compared in lower case. Default `true` and `false`. */
  true?: string[];
  false?: string[];
  decimal?: string;
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
  | { kind: 'nested'; source: Path; children: ColumnRule[]; onFailure: OnFailure }
  | { kind: 'constant'; value: Json }
  | { kind: 'expression'; expression: Expression; onFailure: OnFailure }
  | { kind: 'provenance'; value: ProvenanceValue }
  | { kind: 'rescue' }
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
  filter?: Expression;
  explode?: Path;
  unknownFields: 'ignore' | 'rescue' | 'reject-row';
}
