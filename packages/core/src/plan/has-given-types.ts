import type { Observation } from '../format/observation.ts';
import type { ReaderPlan } from '../format/reader-plan.ts';
import type { ColumnSpec, OutputSpec } from '../spec/ingestion-spec.ts';

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
  return reader.kind === 'delimited' && areGiven(fields, columns);
}

/**
 * True when all that the rest of a unit of JSON could add to its plan is members that its head has not, which its decoder notices. So the spec gives
 * the type of each member that the head has, whatever stands inside: kinds of values and members further inside change nothing then. And the head
 * has each column that the spec names: one that it has not is likely to come.
 */
export function isSettledByHead(
  { fields, fieldsFrom, undecided }: Pick<Observation, 'fields' | 'fieldsFrom' | 'undecided'>,
  reader: ReaderPlan,
  { columns, flatten, rows }: Pick<OutputSpec, 'columns' | 'flatten' | 'rows'>,
): boolean {
  if (reader.kind !== 'json' || reader.framing !== 'lines' || fieldsFrom !== 'head' || undecided !== undefined) return false;
  // Which columns there are follows from what stands inside of members.
  const entries = Object.entries(columns);
  if (flatten || typeof rows === 'object' || entries.some(([, { from = [] }]) => from.length > 1)) return false;
  const seen = new Set(fields.map(({ field }) => field.name.toLowerCase()));
  const isSeen = ([name, { from, drop, renamedFrom }]: [string, ColumnSpec]): boolean =>
    drop !== undefined || seen.has((from?.[0] ?? name).toLowerCase()) || seen.has((renamedFrom ?? name).toLowerCase());
  return fields.length > 0 && areGiven(fields, columns) && entries.every(isSeen);
}

function areGiven(fields: Observation['fields'], columns: Readonly<Record<string, ColumnSpec>>): boolean {
  const given = new Set<string>();
  for (const [name, { from, type, drop, renamedFrom }] of Object.entries(columns)) {
    if (type === undefined && drop === undefined) continue;
    given.add((from?.[0] ?? name).toLowerCase());
    if (renamedFrom !== undefined) given.add(renamedFrom.toLowerCase());
  }
  return fields.every(({ field }) => given.has(field.name.toLowerCase()));
}
