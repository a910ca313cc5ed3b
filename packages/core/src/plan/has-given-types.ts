import type { Observation } from '../format/observation.ts';
import type { ReaderPlan } from '../format/reader-plan.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';

/** True when the spec gives a type to some column. */
export function givesTypes(columns: Readonly<Record<string, ColumnSpec>>): boolean {
  return Object.values(columns).some(({ type }) => type !== undefined);
}

/**
 * True when the spec gives the type of every column that a unit has, or leaves the column out: then no value has to be looked at to know what
 * the columns are. Never true of data whose members only its values tell, such as JSON: a member that comes late would be missed.
 */
export function hasGivenTypes(
  { fields }: Pick<Observation, 'fields'>,
  reader: ReaderPlan,
  columns: Readonly<Record<string, ColumnSpec>>,
): boolean {
  if (reader.kind !== 'delimited') return false;
  const given = new Set<string>();
  for (const [name, { from, type, drop, renamedFrom }] of Object.entries(columns)) {
    if (type === undefined && drop === undefined) continue;
    given.add((from?.[0] ?? name).toLowerCase());
    if (renamedFrom !== undefined) given.add(renamedFrom.toLowerCase());
  }
  return fields.every(({ field }) => given.has(field.name.toLowerCase()));
}
