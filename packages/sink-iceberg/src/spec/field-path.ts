import type { Field } from '@calve/core/plugin';

/** A field of a table with the place where it is: at the first level, or inside structs. */
export interface FoundField {
  field: Field;
  /** Names from the first level down. */
  path: string[];
  /** Position per level. */
  indexes: number[];
  /** False when every level of it is required, so that it is never null. */
  mayBeNull: boolean;
}

/** How people name a column: its name, or one name per level for a member of a struct. */
export type ColumnReference = string | readonly string[];

/** The field that a reference names exactly; `null` when there is none. Lists and maps are not entered. */
export function fieldAt(fields: readonly Field[], column: ColumnReference): FoundField | null {
  const path = typeof column === 'string' ? [column] : column;
  return search(fields, (found) => samePath(found.path, path));
}

/** The field with an id; `null` when there is none, or when it is inside a list or map. */
export function fieldWithId(fields: readonly Field[], id: number): FoundField | null {
  return search(fields, ({ field }) => field.id === id);
}

/** How a reference is written in a sentence: `address.city`. */
export function referenceText(column: ColumnReference): string {
  return typeof column === 'string' ? column : column.join('.');
}

/** Name of the field with an id as people write it; the id itself when the table has no such field. */
export function nameOfId(fields: readonly Field[], id: number): string {
  return fieldWithId(fields, id)?.path.join('.') ?? String(id);
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, level) => name === b[level]);
}

function search(
  fields: readonly Field[],
  matches: (found: FoundField) => boolean,
  above: FoundField | null = null,
): FoundField | null {
  for (const [index, field] of fields.entries()) {
    const found: FoundField = {
      field,
      path: [...(above?.path ?? []), field.name],
      indexes: [...(above?.indexes ?? []), index],
      mayBeNull: (above?.mayBeNull ?? false) || !field.required,
    };
    if (matches(found)) return found;
    const inside = field.type.kind === 'struct' ? search(field.type.fields, matches, found) : null;
    if (inside) return inside;
  }
  return null;
}
