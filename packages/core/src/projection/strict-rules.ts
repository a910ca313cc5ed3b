import type { ColumnType } from '../columns/column-type.ts';
import { typeText } from '../columns/column-type.ts';
import { isZone } from './kernels/time-zone.ts';
import type { ColumnRule, OnFailure } from './projection.ts';
import { formatProblems } from './reading-problem.ts';

/** The types that no kernel reads from text: nested ones are read leaf by leaf. */
const NO_TEXTS: readonly ColumnType['kind'][] = ['struct', 'list', 'map', 'unknown'];

/** What follows the column's name in an error code, besides the word of the type. Public API, the same in every engine. */
export const tooLongRule = 'too-long';
/** A null in a column that the table requires. */
export const nullRule = 'null';
/** A key that a map has twice: `<path>:duplicate-key`. */
export const duplicateKeyRule = 'duplicate-key';

/** A null in a column by which rows are merged. */
export const nullKeyRule = 'null-key';

/** The words of types that texts become. */
const TYPE_WORDS: ReadonlySet<string> = new Set([
  ...['boolean', 'int32', 'int64', 'float', 'double', 'decimal', 'date', 'time', 'timestamp', 'timestamp_ntz'],
  ...['string', 'binary', 'fixed', 'uuid'],
]);

/** True for what follows the name of a column in an error code; false for what is wrong with a row as a whole. */
export function isValueRule(word: string): boolean {
  return TYPE_WORDS.has(word) || [tooLongRule, nullRule, duplicateKeyRule, nullKeyRule].includes(word);
}

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

/**
 * Why this version cannot execute a rule, as the part of a sentence that follows the column's name: `parse.zone is not yet available`.
 * `null` for a rule that it can. Pure; does not look at data.
 */
export function unsupportedRule(rule: ColumnRule): string | null {
  switch (rule.kind) {
    case 'text':
      return (
        unsupportedTarget(rule.target.type) ??
        // What a spec says of a column whose type the files decide may have no use in the end.
        formatProblems(rule.target.type, rule.formats, rule.parse ?? {})[0]?.message.replace(/\.$/, '') ??
        unsupportedZone(rule.parse?.zone)
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
      return rule.children.reduce<string | null>((reason, child) => reason ?? unsupportedChild(child), null);
    case 'rescue':
      return null;
    case 'expression':
      return `a rule of kind "${rule.kind}" is not yet available`;
  }
}

function unsupportedSource(source: readonly string[]): string | null {
  return source.length === 1 ? null : 'a source inside nested data is not yet available, only a column of the file';
}

function unsupportedChild(rule: ColumnRule): string | null {
  if (rule.kind === 'text' || rule.kind === 'nested' || (rule.kind === 'constant' && rule.value === null))
    return unsupportedRule(rule);
  return `a rule of kind "${rule.kind}" inside nested data does not exist`;
}

function unsupportedZone(zone: string | undefined): string | null {
  return zone === undefined || isZone(zone) ? null : `there is no time zone "${zone}" here`;
}

function unsupportedPolicy(policy: OnFailure): string | null {
  return policy === 'rescue' ? 'onFailure "rescue" is not yet available' : null;
}

function unsupportedTarget(type: ColumnType): string | null {
  return NO_TEXTS.includes(type.kind) ? `text as ${typeText(type)} is not yet available` : null;
}
