import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Fix } from '../findings/column-fixes.ts';
import type { ColumnAnswer } from '../schema/column-question.ts';
import type { OutputSpec } from '../spec/ingestion-spec.ts';
import type { PlannedTable } from './assemble-plan.ts';

/**
 * What can be done where a table cannot take a column: declare how its values are written, where nobody did and that is why it is text; or read
 * them into a new column beside one that is text in the table.
 */
export function impossibleFixes(
  { at }: Diagnostic,
  { columns }: Pick<OutputSpec, 'columns'>,
  { state, schema }: Pick<PlannedTable, 'state' | 'schema'>,
  answer: Pick<ColumnAnswer, 'findings' | 'sources'>,
): Fix[] {
  const name = at?.column;
  if (name === undefined) return [];
  const beside = state === 'absent' ? [] : (schema?.impossibleBeside(name, columns, state.fields, answer) ?? []);
  if (beside.length > 0) return beside;
  const source = answer.sources.get(name)?.[0];
  const undeclared = answer.findings.filter(({ code }) => code === 'SCHEMA_FORMAT_UNDECLARED');
  return undeclared.find(({ at }) => at?.column !== undefined && at.column.toLowerCase() === source)?.fixes ?? [];
}
