import type { CellColumns } from './cell-columns.ts';
import { NULL_CELL, RAW_CELL } from './cell-index.ts';

/** Writes the cells of `run` records without quotes, column by column. Their places begin at entry `next`. */
export function fillRun(columns: CellColumns, row: number, run: number, places: Uint32Array, next: number): void {
  const { width, capacity, bounds, kinds } = columns;
  const records = width * 2 * capacity + row;
  for (let column = 0; column < width; column += 1) {
    const starts = column * 2 * capacity + row;
    const ends = starts + capacity;
    const kind = column * capacity + row;
    let entry = next + column;
    for (let at = 0; at < run; at += 1, entry += width) {
      const start = column === 0 ? (bounds[records + at] as number) : (places[entry - 1] as number) + 1;
      const end = places[entry] as number;
      bounds[starts + at] = start;
      bounds[ends + at] = end;
      kinds[kind + at] = start === end ? NULL_CELL : RAW_CELL;
    }
  }
}
