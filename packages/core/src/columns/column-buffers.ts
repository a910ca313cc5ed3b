import type { ColumnData } from './column-data.ts';

/** Every buffer that a column is made of, in the order of the layout: what a `BatchMemory` over the column has to own. */
export function columnBuffers(column: ColumnData): ArrayBufferView[] {
  const own = column.validity ? [column.validity] : [];
  switch (column.layout) {
    case 'fixed':
      return [...own, column.values];
    case 'offsets':
      return [...own, column.offsets, column.bytes];
    case 'cells':
      return [...own, column.source, column.starts, column.ends, ...(column.quoted ? [column.quoted] : [])];
    case 'dictionary':
      return [...own, column.indexes, ...columnBuffers(column.values)];
    case 'struct':
      return [...own, ...column.children.flatMap(columnBuffers)];
    case 'list':
      return [...own, column.offsets, ...columnBuffers(column.element)];
  }
}
