import type { CellColumns } from './cell-columns.ts';
import { NULL_CELL } from './cell-index.ts';

/** So many records are worth a loop for each column. */
const LONG_RUN = 24;

/** Writes the cells of `run` records without quotes. Their places begin at entry `next`; where the records begin is written. */
export function fillRun(columns: CellColumns, row: number, run: number, places: Uint32Array, next: number): void {
  if (run < LONG_RUN) fillByRecord(columns, row, run, places, next);
  else fillByColumn(columns, row, run, places, next);
}

/** Every loop over cells is as long as the one before, which a processor guesses right. */
function fillByRecord(columns: CellColumns, row: number, run: number, places: Uint32Array, next: number): void {
  const { width, capacity, bounds, kinds } = columns;
  const records = width * 2 * capacity;
  let entry = next;
  for (let at = row; at < row + run; at += 1) {
    let start = bounds[records + at] as number;
    let place = at;
    let kind = at;
    for (let column = 0; column < width; column += 1) {
      const end = places[entry] as number;
      bounds[place] = start;
      bounds[place + capacity] = end;
      kinds[kind] = kindOf(start, end);
      place += capacity * 2;
      kind += capacity;
      entry += 1;
      start = end + 1;
    }
  }
}

/** Cells are written one behind the other, into one column at a time. */
function fillByColumn(columns: CellColumns, row: number, run: number, places: Uint32Array, next: number): void {
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
      kinds[kind + at] = kindOf(start, end);
    }
  }
}

/** `NULL_CELL` for an empty cell and otherwise `RAW_CELL`, which is 0: nulls come and go, and a branch would be guessed wrong. */
function kindOf(start: number, end: number): number {
  return ((end - start - 1) >> 31) & NULL_CELL;
}
