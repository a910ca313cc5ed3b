import type { ColumnSpec } from './ingestion-spec.ts';

/** What a spec says about a column: by its exact name, otherwise by the same name in other case. */
export function columnSpecOf(
  columns: Readonly<Record<string, ColumnSpec>>,
  name: string,
): { name: string; spec: ColumnSpec } | null {
  const folded = name.toLowerCase();
  const known = Object.hasOwn(columns, name) ? name : Object.keys(columns).find((other) => other.toLowerCase() === folded);
  const spec = known === undefined ? undefined : columns[known];
  return known !== undefined && spec ? { name: known, spec } : null;
}
