import type { ColumnType } from '../columns/column-type.ts';
import { typeText } from '../columns/column-type.ts';
import { kernelOfType } from './kernels/kernel-of-type.ts';
import type { ColumnRule, OnFailure, TextParse } from './projection.ts';

/** What follows the column's name in an error code, besides the word of the type. Public API, the same in every engine. */
export const tooLongRule = 'too-long';
/** A null in a column that the table requires. */
export const nullRule = 'null';

/**
 * The word of a type in an error code: `<column>:<word>` says that a text is no such value. Public API, the same in every engine.
 * float32 is `float`, float64 `double`, a timestamp without zone `timestamp_ntz`, every other type its own kind.
 */
export function errorWord(type: ColumnType): string {
  switch (type.kind) {
    case 'float32':
      return 'float';
    case 'float64':
      return 'double';
    case 'timestamp':
      return type.zone === 'utc' ? 'timestamp' : 'timestamp_ntz';
    default:
      return type.kind;
  }
}

const unavailableParse = ['zone', 'unit', 'encoding', 'decimal', 'group'] as const satisfies readonly (keyof TextParse)[];

/**
 * Why this version cannot execute a rule, as the part of a sentence that follows the column's name: `parse.zone is not yet available`.
 * `null` for a rule that it can. Pure; does not look at data.
 */
export function unsupportedRule(rule: ColumnRule): string | null {
  switch (rule.kind) {
    case 'text':
      return (
        unsupportedSource(rule.source) ??
        (rule.formats.length > 0 ? 'formats (date and time patterns) are not yet available, only ISO forms' : null) ??
        unsupportedParse(rule.parse) ??
        unsupportedPolicy(rule.onFailure) ??
        unsupportedTarget(rule.target.type)
      );
    case 'typed':
      return (
        unsupportedSource(rule.source) ??
        (rule.conversion === 'same' ? null : `conversion "${rule.conversion}" is not yet available, only "same"`) ??
        unsupportedPolicy(rule.onFailure)
      );
    case 'constant':
      if (rule.value === null) return null;
      return typeof rule.value === 'object'
        ? 'a constant list or object is not yet available'
        : unsupportedTarget(rule.target.type);
    case 'provenance':
      if (typeof rule.value === 'object') return 'a value out of the path (pathKey) is not yet available';
      if (rule.value === 'record') return rule.target.type.kind === 'int64' ? null : 'the record number needs the type int64';
      return unsupportedTarget(rule.target.type);
    case 'nested':
    case 'expression':
    case 'rescue':
      return `a rule of kind "${rule.kind}" is not yet available`;
  }
}

function unsupportedSource(source: readonly string[]): string | null {
  return source.length === 1 ? null : 'a source inside nested data is not yet available, only a column of the file';
}

function unsupportedParse(parse: TextParse | undefined): string | null {
  const asked = unavailableParse.find((member) => parse?.[member] !== undefined);
  return asked === undefined ? null : `parse.${asked} is not yet available`;
}

function unsupportedPolicy(policy: OnFailure): string | null {
  return policy === 'rescue' ? 'onFailure "rescue" is not yet available' : null;
}

function unsupportedTarget(type: ColumnType): string | null {
  return kernelOfType(type) === null ? `text as ${typeText(type)} is not yet available` : null;
}
