import type { CellsColumn, ColumnData, FixedColumn, OffsetsColumn } from './column-data.ts';
import { createCellSlice, readCell } from './read-cell.ts';

/**
 * Copies some rows of a column, in the order of `rows`.
 *
 * @param column Any layout. Cells come out by offsets and unescaped; every other layout stays.
 * @param rows Row numbers, 0-based; a row may be named several times.
 * @returns A column of `rows.length` rows that shares no memory with `column`.
 */
export function gatherRows(column: ColumnData, rows: Uint32Array): ColumnData {
  const validity = column.validity ? { validity: gatherBits(column.validity, rows) } : {};
  switch (column.layout) {
    case 'fixed':
      return { layout: 'fixed', width: column.width, values: gatherFixed(column, rows), ...validity };
    case 'offsets':
      return { ...gatherOffsets(column, column.validity, rows), ...validity };
    case 'cells':
      return { ...gatherText(column, column.validity, rows), ...validity };
    case 'dictionary': {
      const indexes = new Int32Array(rows.length);
      for (let i = 0; i < rows.length; i++) indexes[i] = column.indexes[rows[i]!]!;
      return { layout: 'dictionary', indexes, values: copyOf(column.values), ...validity };
    }
    case 'struct':
      return { layout: 'struct', children: column.children.map((child) => gatherRows(child, rows)), ...validity };
    case 'list': {
      const { offsets, members } = gatherLists(column.offsets, column.validity, rows);
      return { layout: 'list', offsets, element: gatherRows(column.element, members), ...validity };
    }
  }
}

/** Row numbers 0 to `rows - 1`: with `gatherRows` a copy of all rows. */
export function allRows(rows: number): Uint32Array {
  const all = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) all[row] = row;
  return all;
}

function gatherBits(bits: Uint8Array, rows: Uint32Array): Uint8Array {
  const gathered = new Uint8Array((rows.length + 7) >> 3);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if ((bits[row >> 3]! & (1 << (row & 7))) !== 0) gathered[i >> 3]! |= 1 << (i & 7);
  }
  return gathered;
}

function gatherFixed({ width, values }: FixedColumn, rows: Uint32Array): Uint8Array {
  if (width === 0) return gatherBits(values, rows);
  const gathered = new Uint8Array(rows.length * width);
  if (width % 4 === 0 && values.byteOffset % 4 === 0) {
    gatherWords(values, rows, width / 4, gathered);
    return gathered;
  }
  let to = 0;
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * width;
    for (let byte = from; byte < from + width; byte++) gathered[to++] = values[byte]!;
  }
  return gathered;
}

/** Values of four, eight or sixteen bytes, in steps of four. */
function gatherWords(values: Uint8Array, rows: Uint32Array, words: number, gathered: Uint8Array): void {
  const source = new Int32Array(values.buffer, values.byteOffset, values.length >> 2);
  const target = new Int32Array(gathered.buffer);
  let to = 0;
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * words;
    for (let word = from; word < from + words; word++) target[to++] = source[word]!;
  }
}

function gatherOffsets(column: OffsetsColumn, validity: Uint8Array | undefined, rows: Uint32Array): OffsetsColumn {
  const { offsets: starts, bytes: source } = column;
  const offsets = new Int32Array(rows.length + 1);
  let total = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const isNull = validity !== undefined && (validity[row >> 3]! & (1 << (row & 7))) === 0;
    if (!isNull) total += starts[row + 1]! - starts[row]!;
    offsets[i + 1] = total;
  }
  const bytes = new Uint8Array(total);
  for (let i = 0; i < rows.length; i++) {
    const start = starts[rows[i]!]!;
    copyBytes(source, start, start + offsets[i + 1]! - offsets[i]!, bytes, offsets[i]!);
  }
  return { layout: 'offsets', offsets, bytes };
}

function gatherText(column: CellsColumn, validity: Uint8Array | undefined, rows: Uint32Array): OffsetsColumn {
  const offsets = new Int32Array(rows.length + 1);
  const slice = createCellSlice();
  const isNull = (row: number): boolean => validity !== undefined && (validity[row >> 3]! & (1 << (row & 7))) === 0;
  let total = 0;
  for (let i = 0; i < rows.length; i++) {
    if (!isNull(rows[i]!)) total += readCell(column, rows[i]!, slice).end - slice.start;
    offsets[i + 1] = total;
  }
  const bytes = new Uint8Array(total);
  for (let i = 0; i < rows.length; i++) {
    if (offsets[i] === offsets[i + 1]) continue;
    readCell(column, rows[i]!, slice);
    copyBytes(slice.bytes, slice.start, slice.end, bytes, offsets[i]!);
  }
  return { layout: 'offsets', offsets, bytes };
}

/** Copies `source[start, end)` to `target` at `at`: a loop for short texts, where a view would cost more than the bytes. */
export function copyBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  if (end - start > 48) target.set(source.subarray(start, end), at);
  else for (let from = start, to = at; from < end; from++, to++) target[to] = source[from]!;
}

function gatherLists(source: Int32Array, validity: Uint8Array | undefined, rows: Uint32Array) {
  const offsets = new Int32Array(rows.length + 1);
  let total = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const isNull = validity !== undefined && (validity[row >> 3]! & (1 << (row & 7))) === 0;
    if (!isNull) total += source[row + 1]! - source[row]!;
    offsets[i + 1] = total;
  }
  const members = new Uint32Array(total);
  for (let i = 0; i < rows.length; i++) {
    const first = source[rows[i]!]!;
    for (let member = offsets[i]!; member < offsets[i + 1]!; member++) members[member] = first + member - offsets[i]!;
  }
  return { offsets, members };
}

function copyOf(column: ColumnData): ColumnData {
  return gatherRows(column, allRows(rowsOf(column)));
}

/** How many rows the buffers of a column can hold; for one bit per row that is rounded up to whole bytes. */
function rowsOf(column: ColumnData): number {
  switch (column.layout) {
    case 'fixed':
      return column.width === 0 ? column.values.length * 8 : Math.floor(column.values.length / column.width);
    case 'offsets':
    case 'list':
      return column.offsets.length - 1;
    case 'cells':
      return column.starts.length;
    case 'dictionary':
      return column.indexes.length;
    case 'struct':
      return column.children.reduce((rows, child) => Math.min(rows, rowsOf(child)), Number.POSITIVE_INFINITY);
  }
}
