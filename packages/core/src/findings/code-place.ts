import type { ColumnType, Field } from '../columns/column-type.ts';
import { columnOfCode } from '../replay/replay-filter.ts';

/** What the code of a rejected row is about: a column of the table, or a place inside of one. */
export interface CodePlace {
  /** Column of the table, as a spec names it. */
  column: string;
  /** The way from it to the place: names of members, `element`, `key`, `value`. Empty: the column itself. */
  path: string[];
  /** For people: `customer.address.zip`. */
  name: string;
  /** The column, and what the path goes through; empty: the table has no such column. */
  fields: Field[];
}

/**
 * The place of a code: `o.n:int64` is about the member `n` of the column `o`, unless there is a column `o.n`. Pure.
 *
 * @param columns Of the table.
 * @returns null: the code is about the row as a whole.
 */
export function placeOfCode(code: string, columns: readonly Field[]): CodePlace | null {
  const name = columnOfCode(code);
  return name === null ? null : placeNamed(name, columns);
}

/** The place that a dotted name means: of the longest column that it can begin with. */
function placeNamed(name: string, columns: readonly Field[]): CodePlace {
  const [found] = waysInto(name, columns).sort((a, b) => (b[0]?.name.length ?? 0) - (a[0]?.name.length ?? 0));
  const [column, ...inside] = found ?? [];
  if (!column) return { column: name, path: [], name, fields: [] };
  return { column: column.name, path: inside.map((field) => field.name), name, fields: [column, ...inside] };
}

function waysInto(name: string, fields: readonly Field[]): Field[][] {
  return fields.flatMap((field): Field[][] => {
    if (name === field.name) return [[field]];
    return name.startsWith(`${field.name}.`)
      ? waysInto(name.slice(field.name.length + 1), insideOf(field.type)).map((way) => [field, ...way])
      : [];
  });
}

/** Under the names that codes give them. */
function insideOf(type: ColumnType): Field[] {
  switch (type.kind) {
    case 'struct':
      return type.fields;
    case 'list':
      return [{ ...type.element, name: 'element' }];
    case 'map':
      return [
        { ...type.key, name: 'key' },
        { ...type.value, name: 'value' },
      ];
    default:
      return [];
  }
}

/**
 * True where null may stand for a value that does not fit: at the place itself, or, inside of a list or map, in the place of the whole list or map.
 * Nothing is known of a column that the table does not have, so it may. Pure.
 */
export function takesNull({ fields }: CodePlace): boolean {
  for (let at = fields.length - 1; at >= 0; at -= 1) {
    const { required } = fields[at] as Field;
    const around = fields[at - 1]?.type.kind;
    // Keys of maps are required, also where a spec does not say so.
    if (required || (around === 'map' && fields[at]?.name === 'key')) return false;
    if (around !== 'list' && around !== 'map') return true;
  }
  return true;
}
