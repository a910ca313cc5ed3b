import { offsetInArena } from '../../columns/arena.ts';
import type { ColumnData } from '../../columns/column-data.ts';
import type { ProjectionKernels } from '../compiled-kernels.ts';
import { validityOf } from './cells-with-text.ts';
import type { CompiledCells } from './compiled-cells.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad } from './text-cells.ts';

/** How a type of fixed width is read from texts. */
export interface FixedReading {
  /** Bytes per value; 0: one bit. */
  width: number;
  /**
   * Reads all texts that have the state `wanted`, which stand in `bytes`; those that are none of the type become `cellIsBad` and are counted.
   * Written out for every type, so that the compiler sees the loop and the reading of a cell as one.
   */
  readRows(cells: TextCells, bytes: Uint8Array, wanted: number, values: DataView): void;
  /** Reads one text as value `row`; false, and nothing is written, when it is none. */
  readCell(bytes: Uint8Array, start: number, end: number, values: DataView, row: number): boolean;
  /** Runs the compiled kernel from row `first` on, and answers as it does. Absent: there is none. */
  compiled?(kernels: ProjectionKernels, at: CompiledCells, first: number, rows: number, values: number): number;
}

/** The column that the texts are. Its memory is that of `cells.takeColumn`. */
export function fixedColumn(cells: TextCells, reading: FixedReading): ColumnData {
  const { rows } = cells;
  const { width } = reading;
  const values = cells.takeColumn(width === 0 ? (rows + 7) >> 3 : rows * width);
  // Of bits only those that are one are written.
  if (width === 0) values.fill(0);
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  if (!readCompiled(cells, reading, view, offsetInArena(values))) {
    reading.readRows(cells, cells.source, cellInSource, view);
    if (cells.scratchLength > 0) reading.readRows(cells, cells.scratch, cellInScratch, view);
  }
  return { layout: 'fixed', width, values, ...validityOf(cells) };
}

/** The compiled kernel takes what it can prove, its twin every cell at which it stops. False: there is no such kernel here. */
function readCompiled(cells: TextCells, reading: FixedReading, view: DataView, values: number): boolean {
  const { compiled: at, states, starts, ends, rows } = cells;
  const { kernels } = at;
  if (kernels === null || values < 0 || reading.compiled === undefined) return false;
  for (let row = 0; ; row++) {
    row = reading.compiled(kernels, at, row, rows, values);
    if (row < 0) return true;
    const bytes = states[row] === cellInSource ? cells.source : cells.scratch;
    if (reading.readCell(bytes, starts[row]!, ends[row]!, view, row)) continue;
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}
