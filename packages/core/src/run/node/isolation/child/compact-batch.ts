import type { ColumnBatchParts, RecordBytes } from '../../../../columns/column-batch.ts';
import type { CellsColumn, ColumnData } from '../../../../columns/column-data.ts';

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
  const cells = columns.filter((column): column is CellsColumn => column.layout === 'cells' && column.source === source);
  const inside = regionInside(records, cells, rows);
  const outside = regionOutside(cells, inside, rows, source.length);
  const length = inside.end - inside.start + (outside.end - outside.start);
  if (!isRegion(inside, source) || length * 4 > source.length * 3) return parts;

  const compact = new Uint8Array(length);
  compact.set(source.subarray(inside.start, inside.end));
  compact.set(source.subarray(outside.start, outside.end), inside.end - inside.start);
  const move = (places: Uint32Array): Uint32Array => movePlaces(places, rows, inside, outside);
  const moved = (column: ColumnData): ColumnData =>
    column.layout === 'cells' && column.source === source
      ? { ...column, source: compact, starts: move(column.starts), ends: move(column.ends) }
      : column;
  const movedRecords: RecordBytes = { ...records, source: compact, starts: move(records.starts), ends: move(records.ends) };
  return { ...parts, columns: columns.map(moved), records: movedRecords };
}

/** Where the records are, with the cells of the last one: a record is told without the line ends at its end, which may be part of a cell. */
function regionInside({ starts, ends, source }: RecordBytes, cells: readonly CellsColumn[], rows: number): Region {
  const region = { start: starts[0] as number, end: ends[rows - 1] as number };
  for (const column of cells) {
    const from = column.starts[rows - 1] as number;
    const to = column.ends[rows - 1] as number;
    if (from >= region.start && from <= region.end && to > region.end && to <= source.length) region.end = to;
  }
  return region;
}

/** Where the cells are that do not stand in their records. Places outside of the source are left to whoever checks them. */
function regionOutside(cells: readonly CellsColumn[], inside: Region, rows: number, length: number): Region {
  let start = length;
  let end = 0;
  for (const { starts, ends } of cells) {
    for (let row = 0; row < rows; row += 1) {
      const from = starts[row] as number;
      const to = ends[row] as number;
      if ((from >= inside.start && to <= inside.end) || to > length || from > to) continue;
      if (from < start) start = from;
      if (to > end) end = to;
    }
  }
  return end > start ? { start, end } : { start: 0, end: 0 };
}

function movePlaces(places: Uint32Array, rows: number, inside: Region, outside: Region): Uint32Array {
  const moved = new Uint32Array(rows);
  const behind = inside.end - inside.start - outside.start;
  for (let row = 0; row < rows; row += 1) {
    const place = places[row] as number;
    if (place >= inside.start && place <= inside.end) moved[row] = place - inside.start;
    else if (place >= outside.start && place <= outside.end) moved[row] = place + behind;
    else moved[row] = 0xffffffff;
  }
  return moved;
}

function isRegion({ start, end }: Region, source: Uint8Array): boolean {
  return start <= end && end <= source.length;
}
