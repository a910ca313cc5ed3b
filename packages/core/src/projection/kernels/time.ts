import type { ColumnData } from '../../columns/column-data.ts';
import { writeInt64Number } from '../../columns/int64-words.ts';
import { validityOf } from './cells-with-text.ts';
import { readTwoDigits } from './iso-date.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

/** time in microseconds of the day: `HH:mm:ss[.f{1,9}]`, 00:00:00 to 23:59:59. The fraction is cut to six digits. */
export const timeKernel: TextKernel = {
  convert(cells: TextCells): ColumnData {
    const values = new Uint8Array(cells.rows * 8);
    const view = new DataView(values.buffer);
    convertRows(cells.source, cellInSource, cells, view);
    if (cells.scratchLength > 0) convertRows(cells.scratch, cellInScratch, cells, view);
    return { layout: 'fixed', width: 8, values, ...validityOf(cells) };
  },
};

function convertRows(bytes: Uint8Array, wanted: number, cells: TextCells, view: DataView): void {
  const { starts, ends, states, rows } = cells;
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted) continue;
    const micros = readIsoTime(bytes, starts[row]!, ends[row]!);
    if (micros >= 0) {
      writeInt64Number(view, row * 8, micros);
      continue;
    }
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}

/** Microseconds of the day, -1 for a text that is no time. */
function readIsoTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 8 || end - start > 18 || bytes[start + 2] !== 0x3a || bytes[start + 5] !== 0x3a) return -1;
  const hour = readTwoDigits(bytes, start);
  const minute = readTwoDigits(bytes, start + 3);
  const second = readTwoDigits(bytes, start + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return -1;
  let micros = (hour * 3_600 + minute * 60 + second) * 1_000_000;
  if (end - start === 8) return micros;
  if (bytes[start + 8] !== 0x2e || end - start === 9) return -1;
  let unit = 100_000;
  for (let at = start + 9; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    micros += digit * unit;
    unit = unit > 1 ? unit / 10 : 0;
  }
  return micros;
}
