import type { ColumnRule, OnFailure } from '@calve/core/plugin';
import { duplicateKeyRule, errorWord, nullRule, tooLongRule } from '@calve/core/plugin';
import { sqlName, sqlString } from './literal.ts';
import { memberName } from './prepare-text.ts';
import { isTooLong, readText } from './read-text.ts';
import { sparkType } from './spark-type.ts';

/** An error code and the condition under which a row gets it. */
export interface CodeWhen {
  code: string;
  when: string;
}

/** SQL for a rule and everything below it. `problem`: why there is none, the part of a sentence that follows the column's name. */
export type ColumnSql = { value: string; codes: CodeWhen[] } | { problem: string };

/** The rules that read something. */
export type ReadingRule = ColumnRule & { kind: 'text' | 'nested' };

/** What prints a rule inside nested data needs to know of where it stands. */
interface Standing {
  /** `customer.zip`, `tags.element`. */
  path: string;
  /** Of lists and maps around it; makes the names of variables. */
  depth: number;
  /** Where the value can be had without computing it again; null: nowhere. */
  typed: string | null;
  /** Of the column: it decides for every place inside. */
  onFailure: OnFailure;
}

/**
 * The value of a column and its error codes. A null stays null; a member of a struct that cannot be typed is null, with a code; a list or map with one
 * bad value is null as a whole.
 *
 * @param x A name for the prepared texts (`prepareText`); it is repeated.
 * @param typed The name under which whoever tests the codes finds the value.
 */
export function readColumn(x: string, rule: ReadingRule, typed: string): ColumnSql {
  const { onFailure } = rule;
  if (onFailure !== 'reject-row' && onFailure !== 'null')
    return { problem: `onFailure "${onFailure}" is not printed yet, only "reject-row" and "null"` };
  return readPlace(x, rule, { path: rule.target.name, depth: 0, typed, onFailure });
}

function readPlace(x: string, rule: ColumnRule, standing: Standing): ColumnSql {
  const read = readRule(x, rule, standing);
  if ('problem' in read || !rule.target.required) return read;
  const code = { code: `${standing.path}:${nullRule}`, when: `${standing.typed ?? read.value} IS NULL` };
  return { value: read.value, codes: [...read.codes, code] };
}

function readRule(x: string, rule: ColumnRule, standing: Standing): ColumnSql {
  if (rule.kind === 'text') return readLeaf(x, rule, standing);
  if (rule.kind === 'constant' && rule.value === null) return readNothing(rule);
  if (rule.kind !== 'nested') return { problem: `a rule of kind "${rule.kind}" inside nested data is not printed yet` };
  switch (rule.target.type.kind) {
    case 'struct':
      return readStruct(x, rule.children, standing);
    case 'list':
      return readList(x, rule.children[0], standing);
    case 'map':
      return readMap(x, rule, standing);
    default:
      return { problem: `a nested rule cannot make ${rule.target.type.kind}` };
  }
}

function readLeaf(x: string, rule: ColumnRule & { kind: 'text' }, { path, typed, onFailure }: Standing): ColumnSql {
  const { type } = rule.target;
  const read = readText(x, type, rule);
  if ('problem' in read) return read;
  if (onFailure === 'null' || type.kind === 'string') return { value: read.sql, codes: [] };
  const tooLong = isTooLong(x, type);
  const bad = `${x} IS NOT NULL AND ${typed ?? read.sql} IS NULL`;
  const codes = [{ code: `${path}:${errorWord(type)}`, when: tooLong === null ? bad : `${bad} AND NOT (${tooLong})` }];
  if (tooLong !== null) codes.unshift({ code: `${path}:${tooLongRule}`, when: tooLong });
  return { value: read.sql, codes };
}

function readNothing({ target }: ColumnRule): ColumnSql {
  const type = sparkType(target.type);
  return type === null ? { problem: `Spark cannot write ${target.type.kind}` } : { value: `CAST(NULL AS ${type})`, codes: [] };
}

function readStruct(x: string, children: readonly ColumnRule[], standing: Standing): ColumnSql {
  const members: string[] = [];
  const codes: CodeWhen[] = [];
  for (const child of children) {
    const below = { ...standing, path: `${standing.path}.${child.target.name}`, typed: null };
    const read = readPlace(`${x}.${sqlName(memberName(child) || child.target.name)}`, child, below);
    if ('problem' in read) return read;
    members.push(`${sqlString(child.target.name)}, ${read.value}`);
    codes.push(...read.codes.map(({ code, when }) => ({ code, when: `${x} IS NOT NULL AND ${when}` })));
  }
  return { value: `CASE WHEN ${x} IS NOT NULL THEN named_struct(${members.join(', ')}) END`, codes };
}

function readList(x: string, element: ColumnRule | undefined, standing: Standing): ColumnSql {
  if (!element) return { problem: 'a list has no rule for its elements' };
  const { below, variable } = inside(standing);
  const read = readPlace(variable, element, { ...below, path: `${standing.path}.element` });
  if ('problem' in read) return read;
  const some = (when: string): string => `exists(${x}, ${variable} -> ${when})`;
  const made = `transform(${x}, ${variable} -> ${read.value})`;
  const lost = losesWhole(variable, element, read.value);
  return {
    value: lost === null ? made : `CASE WHEN ${some(lost)} THEN NULL ELSE ${made} END`,
    codes: read.codes.map(({ code, when }) => ({ code, when: some(when) })),
  };
}

function readMap(x: string, { children }: ColumnRule & { kind: 'nested' }, standing: Standing): ColumnSql {
  const [key, value] = children;
  if (!key || !value) return { problem: 'a map has no rules for its keys and values' };
  const { path } = standing;
  const { below, variable } = inside(standing);
  // A map has no null keys, whatever its type says.
  const required = { ...key, target: { ...key.target, required: true } };
  const keys = readPlace(`${variable}.key`, required, { ...below, path: `${path}.key` });
  const values = readPlace(`${variable}.value`, value, { ...below, path: `${path}.value` });
  if ('problem' in keys) return keys;
  if ('problem' in values) return values;
  const some = (when: string): string => `exists(${x}, ${variable} -> ${when})`;
  const entry = `named_struct('key', ${keys.value}, 'value', ${values.value})`;
  const lostValue = losesWhole(`${variable}.value`, value, values.value);
  const lost = some(`${keys.value} IS NULL${lostValue === null ? '' : ` OR ${lostValue}`}`);
  const twice = `size(array_distinct(transform(${x}, ${variable} -> ${keys.value}))) < size(${x})`;
  const twiceCode = { code: `${path}:${duplicateKeyRule}`, when: `NOT ${lost} AND ${twice}` };
  const codes = [...keys.codes, ...values.codes].map(({ code, when }) => ({ code, when: some(when) }));
  return {
    value: `CASE WHEN ${lost} OR ${twice} THEN NULL ELSE map_from_entries(transform(${x}, ${variable} -> ${entry})) END`,
    codes: standing.onFailure === 'null' ? codes : [...codes, twiceCode],
  };
}

/** Inside of a list or map, and the name of what stands for each of its members. */
function inside({ depth, onFailure }: Standing): { below: Omit<Standing, 'path'>; variable: string } {
  return { below: { depth: depth + 1, typed: null, onFailure }, variable: `e${depth + 1}` };
}

/** When a value inside a list or map takes the whole of it away; null: never, since a struct that is there is never null. */
function losesWhole(x: string, rule: ColumnRule, value: string): string | null {
  if (rule.kind === 'constant' || rule.target.type.kind === 'struct' || rule.target.type.kind === 'string') return null;
  return `${x} IS NOT NULL AND ${value} IS NULL`;
}
