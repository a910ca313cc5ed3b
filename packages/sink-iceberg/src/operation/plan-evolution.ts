import type { ChangePlan, Field, Json, SchemaDecisions, TableChange, TableState } from '@calve/core/plugin';
import type { IcebergTarget } from '../iceberg-sink-options.ts';
import { nameOfId } from '../spec/field-path.ts';
import { partitioningText, samePartitioning } from '../spec/partition-columns.ts';
import { sameSortOrder, sortOrderText } from '../spec/sort-order.ts';
import { impossible, notice } from './change-notice.ts';
import { decideColumns } from './decide-columns.ts';
import type { EvolutionInProgress } from './evolve-column.ts';
import { addField, evolveField } from './evolve-column.ts';
import { planPartitioning, refusedPartitioning } from './plan-partitioning.ts';
import { sortOrderOf } from './sort-order-of.ts';
import type { TableFacts } from './table-facts.ts';
import { factsOf } from './table-facts.ts';

type Impossible = ChangePlan & { kind: 'impossible' };

/**
 * The changes that make an existing table accept these columns: what was decided (dropped, then renamed), what does not fit (widened, made
 * optional), what is new. Columns are matched by their exact names. Pure.
 */
export function planEvolution(
  state: TableState,
  columns: readonly Field[],
  target: IcebergTarget,
  decisions?: SchemaDecisions,
): ChangePlan {
  const facts = factsOf(state);
  if (facts.formatVersion !== 2)
    return impossible(
      `${target.table} has Iceberg format version ${facts.formatVersion}; this version of Calve appends to tables of format version 2 only.`,
      'ICEBERG_FORMAT_VERSION_UNSUPPORTED',
    );
  const decided = decideColumns(state.fields, decisions, facts, target.table);
  if (typeof decided === 'string') return impossible(`${target.table}: ${decided}.`);
  const progress: EvolutionInProgress = {
    table: target.table,
    identifierFieldIds: facts.identifierFieldIds,
    lastId: facts.lastColumnId,
    changes: decided.changes,
  };
  const fields: Field[] = [];
  for (const existing of decided.fields) {
    const wanted = columns.find((column) => column.name === existing.name);
    const evolved = evolveField(existing, wanted, [existing.name], progress);
    if (typeof evolved === 'string') return impossible(`${target.table}: ${evolved}.`, 'SCHEMA_IMPOSSIBLE', existing.name);
    fields.push(evolved);
  }
  for (const column of columns) {
    if (decided.fields.some((existing) => existing.name === column.name)) continue;
    const taken = facts.partition.some((field) => field.name.toLowerCase() === column.name.toLowerCase());
    const added = taken
      ? `the new column "${column.name}" has the name of a partition field of the table`
      : addField(column, fields, [column.name], progress);
    if (typeof added === 'string') return impossible(`${target.table}: ${added}.`);
    fields.push(added);
  }
  const sorted = sortOrderChange(state, facts, fields, target);
  if (typeof sorted === 'string') return impossible(`${target.table}: ${sorted}.`);
  return partitioningIssue(facts, fields, target) ?? { kind: 'changes', changes: [...progress.changes, ...sorted], fields };
}

function partitioningIssue(facts: TableFacts, fields: readonly Field[], target: IcebergTarget): Impossible | null {
  if (!target.partitionBy) return null;
  const refused = refusedPartitioning(target.partitionBy, fields);
  if (refused !== null) return impossible(`${target.table}: ${refused.reason}.`, 'SCHEMA_IMPOSSIBLE', refused.column);
  const wanted = planPartitioning(target.partitionBy, fields);
  if (typeof wanted === 'string') return impossible(`${target.table}: ${wanted}.`);
  if (samePartitioning(wanted.fields, facts.partition)) return null;
  const columnName = (id: number): string => nameOfId(fields, id);
  return impossible(
    `${target.table} is ${facts.partition.length === 0 ? 'not partitioned' : `partitioned by ${partitioningText(facts.partition, columnName)}`}, but partitionBy asks for ` +
      `${partitioningText(wanted.fields, columnName)}. Leave partitionBy out to keep the table's own partitioning.`,
  );
}

/** Files keep the order that they were written with, so a table may change its own at any time. */
function sortOrderChange(
  state: TableState,
  facts: TableFacts,
  fields: readonly Field[],
  target: IcebergTarget,
): TableChange[] | string {
  const wanted = sortOrderOf(state, target, fields);
  if (typeof wanted === 'string') return wanted;
  const current = facts.sortOrders[0]?.fields ?? [];
  if (sameSortOrder(current, wanted.fields)) return [];
  const message = `New files of ${target.table} are sorted by ${sortOrderText(wanted.fields, fields)} instead of ${sortOrderText(current, fields)}.`;
  return [
    {
      kind: 'set-sort-order',
      path: [],
      before: current as unknown as Json,
      after: wanted.fields as unknown as Json,
      reason: notice('ICEBERG_SORT_ORDER_CHANGED', message),
    },
  ];
}
