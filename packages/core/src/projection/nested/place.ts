import type { ColumnBatch } from '../../columns/column-batch.ts';
import type { ColumnData } from '../../columns/column-data.ts';
import type { ColumnType } from '../../columns/column-type.ts';
import { allRows, gatherRows } from '../../columns/gather-rows.ts';
import type { Path } from '../../json/json.ts';
import { commonValidity, type TakeBytes } from './validity.ts';

/** Some values of a batch that lie at one place of its nested data: a column, the members of its structs, the elements of its lists. */
export interface Place {
  /** Nothing of it is valid where an ancestor is null. */
  column: ColumnData;
  /** As the reader gives it: text at every leaf. */
  type: ColumnType;
  /** Values of the column: as many as the batch has rows, or as its lists have elements. */
  length: number;
  /** The row of the batch that a value belongs to. */
  rowOf(index: number): number;
}

/** A list in a form without surprises: it begins at 0 and nothing lies under a null. */
export interface ListPlace extends Place {
  offsets: Int32Array;
  elements: Place;
}

const itself = (index: number): number => index;

/** A column of a batch as a place; `null` when the batch has none of that name. */
export function placeOfColumn(batch: ColumnBatch, name: string): Place | null {
  const index = batch.fields.findIndex((field) => field.name === name);
  const column = batch.columns[index];
  const type = batch.fields[index]?.type;
  return column && type ? { column, type, length: batch.rows, rowOf: itself } : null;
}

/**
 * A member of a struct, null where the struct is; `null` when the reader gives no such member.
 *
 * @param take Memory that lasts as long as the batch is worked on; absent: of the heap.
 */
export function memberOf(place: Place, name: string, take?: TakeBytes): Place | null {
  if (place.column.layout !== 'struct' || place.type.kind !== 'struct') return null;
  const index = place.type.fields.findIndex((field) => field.name === name);
  const child = place.column.children[index];
  const type = place.type.fields[index]?.type;
  if (!child || !type) return null;
  const { validity } = place.column;
  const column = validity === undefined ? child : { ...child, ...commonValidity(validity, child.validity, place.length, take) };
  return { column, type, length: place.length, rowOf: place.rowOf };
}

/** A list, or a map as the list of its entries, with its elements; `null` when the place is neither. */
export function listAt(place: Place): ListPlace | null {
  const { type, length } = place;
  if (place.column.layout !== 'list' || (type.kind !== 'list' && type.kind !== 'map')) return null;
  const column = isPlain(place.column, length) ? place.column : gatherRows(place.column, allRows(length));
  if (column.layout !== 'list') return null;
  const { offsets } = column;
  const elements: Place = {
    column: column.element,
    type: type.kind === 'list' ? type.element.type : { kind: 'struct', fields: [type.key, type.value] },
    length: offsets[length]!,
    rowOf: (index) => place.rowOf(ownerOf(index, offsets, length)),
  };
  return { ...place, column, offsets, elements };
}

/**
 * Follows a path from a column of the batch through the members of its structs. `null`: the batch has nothing there.
 *
 * @param enter Asked at every place on the way; what it gives instead is entered: the elements of a list that is exploded.
 * @param take As for `memberOf`.
 */
export function placeAt(
  batch: ColumnBatch,
  path: Path,
  enter: (place: Place, depth: number) => Place,
  take?: TakeBytes,
): Place | null {
  let place = placeOfColumn(batch, path[0] ?? '');
  for (let depth = 1; place !== null; depth++) {
    place = enter(place, depth);
    const name = path[depth];
    if (name === undefined) return place;
    place = memberOf(place, name, take);
  }
  return null;
}

function isPlain(column: ColumnData & { layout: 'list' }, length: number): boolean {
  const { offsets, validity } = column;
  if (offsets[0] !== 0) return false;
  if (validity === undefined) return true;
  for (let index = 0; index < length; index++) {
    if ((validity[index >> 3]! & (1 << (index & 7))) === 0 && offsets[index] !== offsets[index + 1]) return false;
  }
  return true;
}

/** The list that an element belongs to. Asked for values with something wrong only. */
function ownerOf(element: number, offsets: Int32Array, length: number): number {
  let low = 0;
  let high = length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! <= element) low = middle;
    else high = middle;
  }
  return low;
}
