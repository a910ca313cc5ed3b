import type { ColumnRule } from '@calve/core/plugin';
import { sqlName, sqlString } from './literal.ts';

/** U+0000 to U+0020: what trimming takes away. */
const BLANKS = String.fromCharCode(...Array.from({ length: 0x21 }, (_, code) => code));

/**
 * The texts of a column, trimmed and with null where a null token stood. Nested values keep their structure, except that a map becomes the list of
 * its entries: Spark keeps a key twice when it reads, and fails as soon as a map is made of that.
 *
 * @param raw An expression for what the reader gives.
 * @param depth Of lists and maps around it; makes the names of variables.
 */
export function prepareText(raw: string, rule: ColumnRule, depth = 0): string {
  if (rule.kind === 'text') return prepareCell(raw, rule);
  if (rule.kind !== 'nested') return 'CAST(NULL AS STRING)';
  const { children } = rule;
  const element = `e${depth + 1}`;
  switch (rule.target.type.kind) {
    case 'list':
      return children[0] && isPlain(children[0])
        ? raw
        : `transform(${raw}, ${element} -> ${prepareText(element, children[0]!, depth + 1)})`;
    case 'map': {
      const [key, value] = children as [ColumnRule, ColumnRule];
      if (isPlain(key) && isPlain(value)) return `map_entries(${raw})`;
      const entry = `named_struct('key', ${prepareText(`${element}.key`, key, depth + 1)}, 'value', ${prepareText(`${element}.value`, value, depth + 1)})`;
      return `transform(map_entries(${raw}), ${element} -> ${entry})`;
    }
    default: {
      if (isPlain(rule)) return raw;
      const members = children
        .filter((child) => child.kind !== 'constant')
        .map((child) => `${sqlString(memberName(child))}, ${prepareText(`${raw}.${sqlName(memberName(child))}`, child, depth)}`);
      return `CASE WHEN ${raw} IS NOT NULL THEN named_struct(${members.join(', ')}) END`;
    }
  }
}

/** The one name under which a member of a struct stands in the reader's struct. */
export function memberName(rule: ColumnRule): string {
  return 'source' in rule ? (rule.source.at(-1) ?? '') : '';
}

/** True when there is nothing to trim, no null token and no map in it: the reader's value is taken as it is. */
function isPlain(rule: ColumnRule): boolean {
  if (rule.kind === 'text') return !rule.trim && rule.nulls.length === 0;
  if (rule.kind !== 'nested') return rule.kind === 'constant';
  return rule.target.type.kind !== 'map' && rule.children.every(isPlain);
}

function prepareCell(raw: string, { trim, nulls }: ColumnRule & { kind: 'text' }): string {
  const text = trim ? `trim(BOTH ${sqlString(BLANKS)} FROM ${raw})` : raw;
  if (nulls.length === 0) return text;
  const test = nulls.length === 1 ? `${text} = ${sqlString(nulls[0] ?? '')}` : `${text} IN (${nulls.map(sqlString).join(', ')})`;
  return `CASE WHEN ${test} THEN NULL ELSE ${text} END`;
}
