import type { ColumnData, ColumnType, Field } from '@calve/core/plugin';
import { CalveError, widthOf } from '@calve/core/plugin';
import { constantColumn } from './constant-column.ts';
import type { FileProjection } from './file-projection.ts';
import { projectionWithin } from './file-projection.ts';
import { findColumn } from './match-columns.ts';
import { fixedStore, typeMisfit } from './stored-reader.ts';
import type { StoredNode } from './stored-schema.ts';

/**
 * A column from the values that hyparquet read without annotations.
 *
 * @param values One per row: number, bigint, boolean, bytes, array or object; `null` and `undefined` are null.
 * @param node Of the column in the file's schema, with its annotations.
 * @param within Where members of the column are, and the values of those that the file lacks.
 * @throws {CalveError} `ICEBERG_DATA_FILE_TYPE`: the file stores a type that cannot be read as the column's.
 */
export function fromParquetColumn(
  values: ArrayLike<unknown>,
  type: ColumnType,
  node: StoredNode,
  within: FileProjection,
): ColumnData {
  const validity = validityOf(values);
  switch (type.kind) {
    case 'boolean':
      if (node.element.type !== 'BOOLEAN') throw typeMisfit(type, node.element);
      return { layout: 'fixed', width: 0, values: bitsWhere(values, (value) => value === true), ...validity };
    case 'string':
    case 'binary':
      if (node.element.type !== 'BYTE_ARRAY' && !(type.kind === 'binary' && node.element.type === 'FIXED_LEN_BYTE_ARRAY'))
        throw typeMisfit(type, node.element);
      return { ...textColumn(values as ArrayLike<Uint8Array | null>), ...validity };
    case 'list': {
      const element = node.children[0]?.children[0] ?? node.children[0];
      if (element === undefined) throw typeMisfit(type, node.element);
      const inside = projectionWithin(within, type.element.id);
      return { ...lists(values, (members) => fromParquetColumn(members, type.element.type, element, inside)), ...validity };
    }
    case 'map': {
      const [entry] = node.children;
      if (entry?.children.length !== 2) throw typeMisfit(type, node.element);
      const entries = Array.from(values, (value) => (isAbsent(value) ? null : (value as Record<string, unknown>)[entry.key]));
      // By position: old writers name key and value differently.
      const [key, value] = entry.children as [StoredNode, StoredNode];
      const member = (members: unknown[]): ColumnData => ({
        layout: 'struct',
        children: [childColumn(members, type.key, key, within), childColumn(members, type.value, value, within)],
      });
      return { ...lists(entries, member), ...validity };
    }
    case 'struct':
      if (node.element.type !== undefined) throw typeMisfit(type, node.element);
      return { layout: 'struct', children: type.fields.map((field) => memberColumn(values, field, node, within)), ...validity };
    default:
      return { ...fixedColumn(values, type, node), ...validity };
  }
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function memberColumn(structs: ArrayLike<unknown>, field: Field, node: StoredNode, within: FileProjection): ColumnData {
  const found = findColumn(field, node.children, within);
  if (found.node !== null) return childColumn(structs, field, found.node, within);
  const column = constantColumn(field.type, found.value, structs.length);
  // A member of a null struct is null.
  return found.value === null ? column : { ...column, ...validityOf(structs) };
}

function childColumn(structs: ArrayLike<unknown>, field: Field, child: StoredNode, within: FileProjection): ColumnData {
  const values = Array.from(structs, (struct) => (isAbsent(struct) ? null : (struct as Record<string, unknown>)[child.key]));
  return fromParquetColumn(values, field.type, child, projectionWithin(within, field.id));
}

function lists(values: ArrayLike<unknown>, element: (members: unknown[]) => ColumnData): ColumnData {
  const offsets = new Int32Array(values.length + 1);
  const members: unknown[] = [];
  for (let row = 0; row < values.length; row++) {
    const list = values[row];
    if (!isAbsent(list)) for (const member of list as Iterable<unknown>) members.push(member);
    offsets[row + 1] = members.length;
  }
  return { layout: 'list', offsets, element: element(members) };
}

function fixedColumn(values: ArrayLike<unknown>, type: ColumnType, node: StoredNode): ColumnData {
  const width = widthOf(type);
  if (width === null || node.children.length > 0) throw typeMisfit(type, node.element);
  const store = fixedStore(type, node.element);
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  for (let row = 0; row < values.length; row++) if (!isAbsent(values[row])) store(view, row * width, values[row]);
  return { layout: 'fixed', width, values: bytes };
}

function textColumn(values: ArrayLike<Uint8Array | null | undefined>): ColumnData {
  const offsets = new Int32Array(values.length + 1);
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    total += values[row]?.length ?? 0;
    if (total > 0x7fff_ffff)
      throw new CalveError(
        'ICEBERG_ROWS_TOO_LARGE',
        'A row group of a data file holds more than 2 GiB in one column; it cannot be read as one batch.',
        {
          recovery: 'fix-input',
        },
      );
    offsets[row + 1] = total;
  }
  const bytes = new Uint8Array(total);
  for (let row = 0; row < values.length; row++) if (!isAbsent(values[row])) bytes.set(values[row]!, offsets[row]!);
  return { layout: 'offsets', offsets, bytes };
}

function validityOf(values: ArrayLike<unknown>): { validity?: Uint8Array } {
  if (ArrayBuffer.isView(values)) return {};
  for (let row = 0; row < values.length; row++)
    if (isAbsent(values[row])) return { validity: bitsWhere(values, (value) => !isAbsent(value)) };
  return {};
}

function bitsWhere(values: ArrayLike<unknown>, isSet: (value: unknown) => boolean): Uint8Array {
  const bits = new Uint8Array((values.length + 7) >> 3);
  for (let row = 0; row < values.length; row++) if (isSet(values[row])) bits[row >> 3]! |= 1 << (row & 7);
  return bits;
}
