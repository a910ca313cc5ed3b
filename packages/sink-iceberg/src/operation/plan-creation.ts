import type { ChangePlan, Field, Json } from '@calve/core/plugin';
import type { IcebergTarget } from '../iceberg-sink-options.ts';
import { assignIds } from '../spec/assign-ids.ts';
import { nameOfId } from '../spec/field-path.ts';
import { partitioningText } from '../spec/partition-columns.ts';
import { schemaFieldsOf } from '../spec/schema-columns.ts';
import { sortOrderText } from '../spec/sort-order.ts';
import { impossible, notice } from './change-notice.ts';
import type { NewTableLayout } from './plan-new-table.ts';
import { newTableColumns, newTableLayout } from './plan-new-table.ts';
import { refusedPartitioning } from './plan-partitioning.ts';
import { typeIssue } from './type-issue.ts';

/** The one change that creates a table with these columns; ids are given as Iceberg does for a new table. Pure. */
export function planCreation(columns: readonly Field[], target: IcebergTarget, location: string): ChangePlan {
  if (columns.length === 0) return impossible(`${target.table}: a table needs at least one column.`);
  for (const column of columns) {
    const issue = typeIssue(column.type);
    if (issue !== null) return impossible(`${target.table}: the column "${column.name}" ${issue}.`);
  }
  const wanted = newTableColumns(columns, target);
  if (typeof wanted === 'string') return impossible(`${target.table}: ${wanted}.`);
  const { fields } = assignIds(wanted, 0);
  const refused = refusedPartitioning(target.partitionBy ?? [], fields);
  if (refused !== null) return impossible(`${target.table}: ${refused.reason}.`, 'SCHEMA_IMPOSSIBLE', refused.column);
  const layout = newTableLayout(fields, target);
  if (typeof layout === 'string') return impossible(`${target.table}: ${layout}.`);
  const { spec, sortOrder, identifierFieldIds, properties } = layout;
  return {
    kind: 'changes',
    fields,
    changes: [
      {
        kind: 'create-table',
        path: [],
        before: null,
        after: {
          table: target.table,
          location,
          formatVersion: 2,
          fields: schemaFieldsOf(fields) as unknown as Json,
          identifierFieldIds,
          partitioning: spec.fields as unknown as Json,
          sortOrder: sortOrder.fields as unknown as Json,
          properties,
        },
        reason: notice(
          'ICEBERG_TABLE_CREATED',
          `${target.table} does not exist; it will be created at ${location} with ${fields.length} ${fields.length === 1 ? 'column' : 'columns'}, ${layoutText(layout, fields)}.`,
        ),
      },
    ],
  };
}

function layoutText({ spec, sortOrder }: NewTableLayout, fields: readonly Field[]): string {
  const partitioned = partitioningText(spec.fields, (id) => nameOfId(fields, id));
  const words = [spec.fields.length === 0 ? 'not partitioned' : `partitioned by ${partitioned}`];
  if (sortOrder.fields.length > 0) words.push(`each file sorted by ${sortOrderText(sortOrder.fields, fields)}`);
  return words.join(', ');
}
