import type { ColumnBatch, ColumnData, ColumnType, Field } from '@calve/core/plugin';
import { CalveError, sameType, typeText } from '@calve/core/plugin';

/**
 * The columns of a batch in the order of the table, found by name. Columns that the table lacks are left aside.
 *
 * @returns One per field; `null` where the batch has no such column, or one of type `unknown`: every row is null there.
 * @throws {CalveError} `INTERNAL`: a column has another type than the table. The projection has to convert it.
 */
export function batchColumns(batch: ColumnBatch, fields: readonly Field[]): (ColumnData | null)[] {
  const positions = new Map(batch.fields.map((field, index) => [field.name, index]));
  return fields.map((field) => {
    const position = positions.get(field.name);
    if (position === undefined) return null;
    const { type } = batch.fields[position]!;
    if (type.kind === 'unknown') return null;
    if (!fits(type, field.type))
      throw new CalveError(
        'INTERNAL',
        `The column "${field.name}" comes as ${typeText(type)}, but the table stores ${typeText(field.type)}; values are not converted here.`,
        { context: { column: field.name, type: typeText(type), expected: typeText(field.type) } },
      );
    return batch.columns[position]!;
  });
}

/** Equal types, and decimals that differ only in how many digits they allow: those are checked one by one. */
function fits(type: ColumnType, stored: ColumnType): boolean {
  if (type.kind === 'decimal' && stored.kind === 'decimal')
    return type.scale === stored.scale && type.precision <= 18 === stored.precision <= 18;
  return sameType(type, stored);
}
