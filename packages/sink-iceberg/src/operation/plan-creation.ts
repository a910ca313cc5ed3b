import type { ChangePlan, ColumnType, Field, Json } from '@calve/core/plugin';
import type { IcebergTarget } from '../iceberg-sink-options.ts';
import { assignIds } from '../spec/assign-ids.ts';
import { partitioningText } from '../spec/partition-columns.ts';
import { schemaFieldsOf } from '../spec/schema-columns.ts';
import { impossible, notice } from './change-notice.ts';
import { planPartitioning } from './plan-partitioning.ts';

/** The one change that creates a table with these columns; ids are given as Iceberg does for a new table. Pure. */
export function planCreation(columns: readonly Field[], target: IcebergTarget, location: string): ChangePlan {
  if (columns.length === 0) return impossible(`${target.table}: a table needs at least one column.`);
  for (const column of columns) {
    const issue = typeIssue(column.type);
    if (issue !== null) return impossible(`${target.table}: the column "${column.name}" ${issue}.`);
  }
  const { fields } = assignIds(columns, 0);
  const spec = planPartitioning(target.partitionBy ?? [], fields);
  if (typeof spec === 'string') return impossible(`${target.table}: ${spec}.`);
  const partitioned = partitioningText(spec.fields, (id) => fields.find((field) => field.id === id)?.name ?? String(id));
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
          partitioning: spec.fields as unknown as Json,
          properties: target.properties ?? {},
        },
        reason: notice(
          'ICEBERG_TABLE_CREATED',
          `${target.table} does not exist; it will be created at ${location} with ${fields.length} ${fields.length === 1 ? 'column' : 'columns'}, ${spec.fields.length === 0 ? 'not partitioned' : `partitioned by ${partitioned}`}.`,
        ),
      },
    ],
  };
}

/** Why a table of format version 2 cannot have a column of this type; `null` when it can. */
export function typeIssue(type: ColumnType): string | null {
  switch (type.kind) {
    case 'unknown':
      return 'has no known type';
    case 'timestamp':
      return type.unit === 'nanos' ? 'has nanoseconds, which need Iceberg format version 3' : null;
    case 'decimal': {
      const { precision, scale } = type;
      return precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision
        ? null
        : `is decimal(${precision},${scale}): at most 38 digits`;
    }
    case 'struct':
      return type.fields.length === 0 ? 'is a struct without fields' : firstIssue(type.fields);
    case 'list':
      return firstIssue([type.element]);
    case 'map':
      return firstIssue([type.key, type.value]);
    default:
      return null;
  }
}

function firstIssue(fields: readonly Field[]): string | null {
  for (const field of fields) {
    const issue = typeIssue(field.type);
    if (issue !== null) return issue;
  }
  return null;
}
