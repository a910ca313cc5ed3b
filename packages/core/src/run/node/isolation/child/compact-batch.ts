import type { ColumnBatchParts, RecordBytes } from '../../../../columns/column-batch.ts';
import { type CellsColumn, type ColumnData, isValid } from '../../../../columns/column-data.ts';

/** Bytes `[start, end)` of a source. */
interface Region {
  start: number;
  end: number;
}

/**
 * A batch that carries only the bytes that its own rows use. Batches of text lie in the bytes of a whole chunk of the file, which may be
 * shared by thousands of them; sending it with each would make the work square. Unchanged when it uses most of its bytes anyhow.
 *
 * Cells that were rewritten stand behind the chunk, so the bytes in use are two regions: the records, and those cells.
 */
export function compactBatch<Parts extends ColumnBatchParts>(parts: Parts): Parts {
  const { records, columns, rows } = parts;
  if (!records || rows === 0) return parts;
  const { source } = records;
  const cells = columns.flatMap((column) => cellsIn(column, rows, source));
  const inside = regionInside(records, cells, rows);
  const outside = regionOutside(cells, inside, source.length);
  const length = inside.end - inside.start + (outside.end - outside.start);
  if (!isRegion(inside, source) || length * 4 > source.length * 3) return parts;

  const compact = new Uint8Array(length);
  compact.set(source.subarray(inside.start, inside.end));
  compact.set(source.subarray(outside.start, outside.end), inside.end - inside.start);
  const move = (places: Uint32Array, count: number): Uint32Array => movePlaces(places, count, inside, outside);
  const moved = (column: ColumnData, count: number): ColumnData => {
    switch (column.layout) {
      case 'cells':
        return column.source === source
          ? { ...column, source: compact, starts: move(column.starts, count), ends: move(column.ends, count) }
          : column;
      case 'struct':
        return { ...column, children: column.children.map((child) => moved(child, count)) };
      case 'list':
        return { ...column, element: moved(column.element, column.offsets[count] as number) };
      default:
        return column;
    }
  };
  const movedRecords: RecordBytes = {
    ...records,
    source: compact,
    starts: move(records.starts, rows),
    ends: move(records.ends, rows),
  };
  return { ...parts, columns: columns.map((column) => moved(column, rows)), records: movedRecords };
}

/** Text columns over the bytes of the records, at any depth of nested ones, and how many cells each has. */
interface Cells {
  column: CellsColumn;
  count: number;
}

function cellsIn(column: ColumnData, count: number, source: Uint8Array): Cells[] {
  switch (column.layout) {
    case 'cells':
      return column.source === source ? [{ column, count }] : [];
    case 'struct':
      return column.children.flatMap((child) => cellsIn(child, count, source));
    case 'list':
      return cellsIn(column.element, column.offsets[count] as number, source);
    default:
      return [];
  }
}

/** Where the records are, with the cells of the last one: a record is told without the line ends at its end, which may be part of a cell. */
function regionInside({ starts, ends, source }: RecordBytes, cells: readonly Cells[], rows: number): Region {
  const region = { start: starts[0] as number, end: ends[rows - 1] as number };
  for (const { column, count } of cells) {
    if (count === 0) continue;
    const from = column.starts[count - 1] as number;
    const to = column.ends[count - 1] as number;
    if (from >= region.start && from <= region.end && to > region.end && to <= source.length) region.end = to;
  }
  return region;
}

/** Where the cells are that do not stand in their records. Places outside of the source are left to whoever checks them. */
function regionOutside(cells: readonly Cells[], inside: Region, length: number): Region {
  let start = length;
  let end = 0;
  for (const { column, count } of cells) {
    for (let cell = 0; cell < count; cell += 1) {
      // What lies under a null may stand anywhere.
      if (!isValid(column, cell)) continue;
      const from = column.starts[cell] as number;
      const to = column.ends[cell] as number;
      if ((from >= inside.start && to <= inside.end) || to > length || from > to) continue;
      if (from < start) start = from;
      if (to > end) end = to;
    }
  }
  return end > start ? { start, end } : { start: 0, end: 0 };
}

function movePlaces(places: Uint32Array, count: number, inside: Region, outside: Region): Uint32Array {
  const moved = new Uint32Array(count);
  const behind = inside.end - inside.start - outside.start;
  for (let cell = 0; cell < count; cell += 1) {
    const place = places[cell] as number;
    if (place >= inside.start && place <= inside.end) moved[cell] = place - inside.start;
    else if (place >= outside.start && place <= outside.end) moved[cell] = place + behind;
    else moved[cell] = 0xffffffff;
  }
  return moved;
}

function isRegion({ start, end }: Region, source: Uint8Array): boolean {
  return start <= end && end <= source.length;
}
