import type { ColumnBatch, ColumnData, ColumnType, Field } from '@calve/core/plugin';
import { CalveError, nullColumn, sameType, typeText } from '@calve/core/plugin';

/** By name: the batches of many small files have the very same fields. */
const positions = new WeakMap<readonly Field[], ReadonlyMap<string, number>>();

/**
 * The columns of a batch in the order of the table, found by name, members of structs too. Columns that the table lacks are left aside.
 *
 * @returns One per field; `null` where the batch has no such column, or one of type `unknown`: every row is null there.
 * @throws {CalveError} `INTERNAL`: a column has another type than the table. The projection has to convert it.
 */
export function batchColumns(batch: ColumnBatch, fields: readonly Field[]): (ColumnData | null)[] {
  const known = positions.get(batch.fields) ?? new Map(batch.fields.map((field, index) => [field.name, index]));
  positions.set(batch.fields, known);
  return fields.map((field) => {
    const position = known.get(field.name);
    if (position === undefined) return null;
    const { type } = batch.fields[position]!;
    if (type.kind === 'unknown') return null;
    return fitted(batch.columns[position]!, batch.rows, type, field.type, field.name);
  });
}

/** The same values as a column of the stored type: members of structs in its order, null where they are missing. */
function fitted(column: ColumnData, rows: number, type: ColumnType, stored: ColumnType, path: string): ColumnData {
  if (sameType(type, stored)) return column;
  if (column.layout === 'dictionary') {
    const entries = column.indexes.subarray(0, rows).reduce((most, index) => Math.max(most, index + 1), 0);
    return { ...column, values: fitted(column.values, entries, type, stored, path) };
  }
  if (type.kind === 'struct' && stored.kind === 'struct' && column.layout === 'struct') {
    const children = stored.fields.map((field) => {
      const at = type.fields.findIndex(({ name }) => name === field.name);
      const from = type.fields[at]?.type;
      if (from === undefined || from.kind === 'unknown') return nullColumn(field.type, rows);
      return fitted(column.children[at]!, rows, from, field.type, `${path}.${field.name}`);
    });
    return { ...column, children };
  }
  if (type.kind === 'list' && stored.kind === 'list' && column.layout === 'list')
    return {
      ...column,
      element: fitted(column.element, membersOf(column, rows), type.element.type, stored.element.type, `${path}.element`),
    };
  if (type.kind === 'map' && stored.kind === 'map' && column.layout === 'list')
    return { ...column, element: fitted(column.element, membersOf(column, rows), entryType(type), entryType(stored), path) };
  if (fits(type, stored)) return column;
  throw new CalveError(
    'INTERNAL',
    `The column "${path}" comes as ${typeText(type)}, but the table stores ${typeText(stored)}; values are not converted here.`,
    { context: { column: path, type: typeText(type), expected: typeText(stored) } },
  );
}

function membersOf({ offsets }: { offsets: Int32Array }, rows: number): number {
  return offsets[rows] ?? 0;
}

/** The entries of a map as the structs that they are in memory, whatever their members are called. */
function entryType({ key, value }: ColumnType & { kind: 'map' }): ColumnType {
  return {
    kind: 'struct',
    fields: [
      { ...key, name: 'key' },
      { ...value, name: 'value' },
    ],
  };
}

/** Equal types, and decimals that differ only in how many digits they allow: those are checked one by one. */
function fits(type: ColumnType, stored: ColumnType): boolean {
  if (type.kind === 'decimal' && stored.kind === 'decimal')
    return type.scale === stored.scale && type.precision <= 18 === stored.precision <= 18;
  return sameType(type, stored);
}
