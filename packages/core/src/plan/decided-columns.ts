import type { Field } from '../columns/column-type.ts';
import type { SchemaDecisions, TableState } from '../sink/sink.ts';
import type { ColumnSpec, OutputSpec } from '../spec/ingestion-spec.ts';

/** What a spec decides about the columns of its table: which go on under another name, and which go. */
export function schemaDecisions({ columns }: Pick<OutputSpec, 'columns'>): SchemaDecisions {
  const entries = Object.entries(columns);
  return {
    renames: entries.flatMap(([name, { renamedFrom }]) =>
      renamedFrom === undefined ? [] : [{ from: [renamedFrom], to: [name] }],
    ),
    drops: entries.flatMap(([name, { drop }]) => (drop === 'from-table' ? [[name]] : [])),
  };
}

/** The columns of a table as they are after the decisions, for everything that looks at the table before they are carried out. */
export function decidedFields(fields: readonly Field[], { renames, drops }: SchemaDecisions): Field[] {
  const dropped = new Set(drops.map(([name]) => name));
  const renamed = new Map(renames.map(({ from, to }) => [from[0], to[0]]));
  return fields
    .filter(({ name }) => !dropped.has(name))
    .map((field) => ({ ...field, name: renamed.get(field.name) ?? field.name }));
}

/** The names that columns of a table had before, beside the names that they have after the decisions. */
export function decidedRenames(
  { renamed = [] }: Pick<TableState, 'renamed'>,
  { renames, drops }: SchemaDecisions,
): NonNullable<TableState['renamed']> {
  const dropped = new Set(drops.map(([name]) => name));
  return renamed
    .filter(({ to }) => !dropped.has(to[0]))
    .map(({ from, to }) => ({ from, to: renames.find((rename) => rename.from[0] === to[0])?.to ?? to }));
}

/**
 * Columns of one file that still bear the name that a column of the table had before: new name in lower case -> name in the file. A file
 * that has the new name as well is not read in two ways.
 */
export function formerNames(names: readonly string[], columns: Readonly<Record<string, ColumnSpec>>): Map<string, string> {
  const present = new Map(names.map((name) => [name.toLowerCase(), name]));
  return new Map(
    Object.entries(columns).flatMap(([name, { renamedFrom, from }]): [string, string][] => {
      const old = from || renamedFrom === undefined ? undefined : present.get(renamedFrom.toLowerCase());
      return old === undefined || present.has(name.toLowerCase()) ? [] : [[name.toLowerCase(), old]];
    }),
  );
}

/** The columns of a file with the names that their columns in the table have now. */
export function withPresentNames<Observed extends { field: Field }>(
  observed: readonly Observed[],
  columns: Readonly<Record<string, ColumnSpec>>,
): readonly Observed[] {
  const former = formerNames(
    observed.map(({ field }) => field.name),
    columns,
  );
  if (former.size === 0) return observed;
  const present = new Map(
    [...former].map(([name, old]) => [old, Object.keys(columns).find((key) => key.toLowerCase() === name) ?? name]),
  );
  return observed.map((one) => ({ ...one, field: { ...one.field, name: present.get(one.field.name) ?? one.field.name } }));
}
