import type { GivenType, GivenTypes } from '../schema/given-types.ts';
import { isReadAsObserved } from '../schema/misfit-end.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';

/**
 * The columns of files whose types the spec gives, as far as that leaves nothing to be found out: also those that it leaves out. Values of a
 * column that is read by rules of its own are not judged.
 */
export function givenTypes(columns: Readonly<Record<string, ColumnSpec>>): GivenTypes {
  const given = new Map<string, GivenType[]>();
  const open = new Set<string>();
  for (const [name, spec] of Object.entries(columns)) {
    const { from = [name], type, drop, renamedFrom, parse } = spec;
    for (const each of [from[0] ?? name, ...(renamedFrom === undefined ? [] : [renamedFrom])]) {
      const folded = each.toLowerCase();
      // What stands inside of a column has types of its own.
      if ((type === undefined && drop === undefined) || from.length > 1) open.add(folded);
      const types = given.get(folded) ?? [];
      if (type && drop === undefined && isReadAsObserved(spec)) types.push({ type, exact: parse?.exact ?? false });
      given.set(folded, types);
    }
  }
  for (const name of open) given.delete(name);
  return given;
}
