import { type FixedReading, fixedColumn } from './fixed-cells.ts';
import { notADate, readIsoDate } from './iso-date.ts';
import { readIsoDays } from './iso-words.ts';
import type { TextCells } from './text-cells.ts';
import { cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

const reading: FixedReading = {
  width: 4,
  readRows,
  readCell(bytes, start, end, view, row) {
    const days = end - start === 10 ? readIsoDate(bytes, start) : notADate;
    if (days !== notADate) view.setInt32(row * 4, days, true);
    return days !== notADate;
  },
  compiled: (kernels, at, first, rows, values) =>
    kernels.dateCells(at.source, at.scratch, at.starts, at.ends, at.states, first, rows, values),
};

/** date: `yyyy-MM-dd` in the proleptic Gregorian calendar, years 0000 to 9999. */
export const dateKernel: TextKernel = { convert: (cells) => fixedColumn(cells, reading) };

function readRows(cells: TextCells, bytes: Uint8Array, wanted: number, view: DataView): void {
  const { starts, ends, states, rows } = cells;
  const text = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted) continue;
    const days = ends[row]! - starts[row]! === 10 ? readIsoDays(text, starts[row]!) : notADate;
    if (days !== notADate) {
      view.setInt32(row * 4, days, true);
      continue;
    }
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}
