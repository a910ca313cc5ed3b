import type { ColumnType, Field } from '@calve/core/plugin';

/**
 * Gives fresh ids to columns, as Iceberg does for a new table: all columns of one level first, in order, then what is nested in
 * them, level by level. Ids that the columns have are replaced.
 *
 * @param columns In table order.
 * @param lastId Highest id that the table has ever used; 0 for a new one.
 * @returns New columns and the highest id now.
 */
export function assignIds(columns: readonly Field[], lastId: number): { fields: Field[]; lastId: number } {
  let last = lastId;
  const next = (field: Field): Field => {
    last += 1;
    return { ...field, id: last };
  };
  const level = (fields: readonly Field[]): Field[] => fields.map(next).map((field) => ({ ...field, type: inside(field.type) }));
  const inside = (type: ColumnType): ColumnType => {
    switch (type.kind) {
      case 'struct':
        return { kind: 'struct', fields: level(type.fields) };
      case 'list': {
        const [element] = level([type.element]) as [Field];
        return { kind: 'list', element };
      }
      case 'map': {
        const [key, value] = level([type.key, type.value]) as [Field, Field];
        return { kind: 'map', key, value };
      }
      default:
        return type;
    }
  };
  return { fields: level(columns), lastId: last };
}
