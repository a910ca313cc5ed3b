import type { ColumnType, Field } from '@calve/core/plugin';

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
