import type { ColumnData } from './column-data.ts';
import type { ColumnType } from './column-type.ts';
import { widthOf } from './column-type.ts';

/** A column of any type in which every row is null, in memory of its own. */
export function nullColumn(type: ColumnType, rows: number): ColumnData {
  const validity = new Uint8Array((rows + 7) >> 3);
  const width = widthOf(type);
  if (width !== null)
    return { layout: 'fixed', width, values: new Uint8Array(width === 0 ? (rows + 7) >> 3 : rows * width), validity };
  switch (type.kind) {
    case 'struct':
      return { layout: 'struct', children: type.fields.map((field) => nullColumn(field.type, rows)), validity };
    case 'list':
      return { layout: 'list', offsets: new Int32Array(rows + 1), element: nullColumn(type.element.type, 0), validity };
    case 'map': {
      const element: ColumnData = { layout: 'struct', children: [nullColumn(type.key.type, 0), nullColumn(type.value.type, 0)] };
      return { layout: 'list', offsets: new Int32Array(rows + 1), element, validity };
    }
    default:
      return { layout: 'offsets', offsets: new Int32Array(rows + 1), bytes: new Uint8Array(0), validity };
  }
}
