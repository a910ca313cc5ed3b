import type { ChangePlan, Field, SchemaDecisions, TableState } from '@calve/core/plugin';
import type { IcebergTarget } from '../iceberg-sink-options.ts';
import { impossible } from './change-notice.ts';
import { planCreation } from './plan-creation.ts';
import { planEvolution } from './plan-evolution.ts';

/**
 * The changes that make a table accept columns: create it; or drop and rename what was decided, and widen, relax and add columns. Pure.
 *
 * @param location Where a new table would be.
 */
export function planChanges(
  state: TableState | 'absent',
  fields: readonly Field[],
  target: IcebergTarget,
  location: string,
  decisions?: SchemaDecisions,
): ChangePlan {
  const issue = nameIssue(fields);
  if (issue !== null) return impossible(`${target.table}: ${issue}`);
  return state === 'absent' ? planCreation(fields, target, location) : planEvolution(state, fields, target, decisions);
}

/** Spark finds columns without regard to case, so two names that differ in nothing else make a table that it cannot read. */
function nameIssue(fields: readonly Field[]): string | null {
  const seen = new Map<string, string>();
  for (const { name } of fields) {
    if (name === '') return 'a column has an empty name';
    const other = seen.get(name.toLowerCase());
    if (other === name) return `two columns are called "${name}"`;
    if (other !== undefined)
      return `the columns "${other}" and "${name}" differ only in upper and lower case, which Spark cannot read`;
    seen.set(name.toLowerCase(), name);
  }
  return null;
}
