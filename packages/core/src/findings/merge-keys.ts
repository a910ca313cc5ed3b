import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Program } from '../plan/ingestion-plan.ts';
import { nullKeyRule } from '../projection/strict-rules.ts';
import { columnOfCode } from '../replay/replay-filter.ts';
import { columnMadeNull } from './column-fixes.ts';

const NULL_KEY = `:${nullKeyRule}`;

/** True for the code of rows that were rejected because a column by which rows are merged has no value in them. No spec takes such a row. */
export function isNullKey(code: string): boolean {
  return code.endsWith(NULL_KEY);
}

/** True for a column by which rows are merged: what is null in it cannot be loaded. */
export function isMergeKey(mode: Program['outputs'][number]['mode'] | undefined, column: string): boolean {
  const folded = column.toLowerCase();
  return mode?.kind === 'merge' && mode.keys.some((key) => key.toLowerCase() === folded);
}

/** A finding without fixes that make the key of a merge null: its rows would be rejected for that. */
export function withoutNullKeys<D extends Diagnostic>(finding: D, mode: Program['outputs'][number]['mode'] | undefined): D {
  const { fixes } = finding;
  if (mode?.kind !== 'merge' || fixes === undefined) return finding;
  return { ...finding, fixes: fixes.filter((fix) => !isMergeKey(mode, columnMadeNull(fix) ?? '')) };
}

/**
 * What mends rows without their key, as something to do; null: none of the codes is about a key.
 *
 * @example
 * fillKeyText(['id:null-key']); // => 'fill in "id", by which rows are merged, or merge by other columns'
 */
export function fillKeyText(codes: Iterable<string>): string | null {
  const keys = new Set([...codes].filter(isNullKey).map(columnOfCode));
  if (keys.size === 0) return null;
  const names = [...keys].map((key) => JSON.stringify(key)).join(' and ');
  return `fill in ${names}, by which rows are merged, or merge by other columns`;
}
