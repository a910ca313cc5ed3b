import type { ChangePlan, Field, Json, TableChange, TableState } from '@calve/core/plugin';
import { sameType, typeText } from '@calve/core/plugin';
import type { IcebergTarget } from '../iceberg-sink-options.ts';
import { assignIds } from '../spec/assign-ids.ts';
import { isLegalWidening } from '../spec/legal-widening.ts';
import { partitioningText, samePartitioning } from '../spec/partition-columns.ts';
import { schemaFieldsOf } from '../spec/schema-columns.ts';
import { impossible, notice } from './change-notice.ts';
import { typeIssue } from './plan-creation.ts';
import { planPartitioning } from './plan-partitioning.ts';
import type { TableFacts } from './table-facts.ts';
import { factsOf } from './table-facts.ts';

type Impossible = ChangePlan & { kind: 'impossible' };

/** The changes that make an existing table accept these columns. Columns are matched by their exact names. Pure. */
export function planEvolution(state: TableState, columns: readonly Field[], target: IcebergTarget): ChangePlan {
  const facts = factsOf(state);
  const issue = tableIssue(state, facts, target);
  if (issue) return issue;
  const changes: TableChange[] = [];
  const fields: Field[] = [];
  for (const existing of state.fields) {
    const wanted = columns.find((column) => column.name === existing.name);
    const evolved = evolveColumn(existing, wanted, facts, changes);
    if (typeof evolved === 'string') return impossible(`${target.table}: ${evolved}.`);
    fields.push(evolved);
  }
  const added: Field[] = [];
  for (const column of columns) {
    if (state.fields.some((existing) => existing.name === column.name)) continue;
    const why = additionIssue(column, state, facts);
    if (why !== null) return impossible(`${target.table}: ${why}.`);
    added.push({ ...column, required: false });
  }
  for (const field of assignIds(added, facts.lastColumnId).fields) {
    fields.push(field);
    const [after] = schemaFieldsOf([field]) as unknown as [Json];
    const message = `The new column "${field.name}" (${typeText(field.type)}) is added to ${target.table}; earlier rows have null in it.`;
    changes.push({ kind: 'add-column', path: [field.name], before: null, after, reason: notice('SCHEMA_COLUMN_ADDED', message) });
  }
  return { kind: 'changes', changes, fields };
}

function tableIssue(state: TableState, facts: TableFacts, target: IcebergTarget): Impossible | null {
  if (facts.formatVersion !== 2)
    return impossible(
      `${target.table} has Iceberg format version ${facts.formatVersion}; this version of Calve appends to tables of format version 2 only.`,
      'ICEBERG_FORMAT_VERSION_UNSUPPORTED',
    );
  if (!target.partitionBy) return null;
  const wanted = planPartitioning(target.partitionBy, state.fields);
  if (typeof wanted === 'string') return impossible(`${target.table}: ${wanted}.`);
  if (samePartitioning(wanted.fields, facts.partition)) return null;
  const columnName = (id: number): string => state.fields.find((field) => field.id === id)?.name ?? String(id);
  return impossible(
    `${target.table} is ${facts.partition.length === 0 ? 'not partitioned' : `partitioned by ${partitioningText(facts.partition, columnName)}`}, but partitionBy asks for ` +
      `${partitioningText(wanted.fields, columnName)}. Leave partitionBy out to keep the table's own partitioning.`,
  );
}

/** The column afterwards, or why it cannot take what comes, in plain words. */
function evolveColumn(existing: Field, wanted: Field | undefined, facts: TableFacts, changes: TableChange[]): Field | string {
  const { name } = existing;
  let result = existing;
  if (wanted && !sameType(existing.type, wanted.type)) {
    if (!isLegalWidening(existing.type, wanted.type))
      return `the column "${name}" is ${typeText(existing.type)} in the table, but ${typeText(wanted.type)} is to be written`;
    result = { ...result, type: wanted.type };
    const [before, after] = schemaFieldsOf([existing, result]).map((field) => field.type) as unknown as [Json, Json];
    const message = `The column "${name}" is widened from ${typeText(existing.type)} to ${typeText(wanted.type)}.`;
    changes.push({ kind: 'widen-column', path: [name], before, after, reason: notice('ICEBERG_COLUMN_WIDENED', message) });
  }
  if (existing.required && !wanted?.required) {
    if (facts.identifierFieldIds.includes(existing.id as number))
      return `the column "${name}" identifies rows of the table and refuses null, but null may be written`;
    result = { ...result, required: false };
    const message = `The column "${name}" may be null from now on: ${wanted ? 'what comes may be null' : 'it is missing in what comes'}.`;
    changes.push({
      kind: 'make-optional',
      path: [name],
      before: true,
      after: false,
      reason: notice('ICEBERG_COLUMN_OPTIONAL', message),
    });
  }
  return result;
}

function additionIssue(column: Field, state: TableState, facts: TableFacts): string | null {
  const lower = column.name.toLowerCase();
  const similar = state.fields.find((existing) => existing.name.toLowerCase() === lower);
  if (similar)
    return `the new column "${column.name}" differs from the table's column "${similar.name}" only in upper and lower case, which Spark cannot read`;
  if (facts.partition.some((field) => field.name.toLowerCase() === lower))
    return `the new column "${column.name}" has the name of a partition field of the table`;
  const issue = typeIssue(column.type);
  return issue === null ? null : `the new column "${column.name}" ${issue}`;
}
