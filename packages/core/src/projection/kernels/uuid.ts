import type { ColumnData } from '../../columns/column-data.ts';
import { validityOf } from './cells-with-text.ts';
import { hexDigit } from './hex-digit.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

/** uuid: 32 hexadecimal digits in any case, divided by hyphens into 8-4-4-4-12. Kept as 16 bytes, big endian. */
export const uuidKernel: TextKernel = {
  convert(cells: TextCells): ColumnData {
    const values = new Uint8Array(cells.rows * 16);
    convertRows(cells.source, cellInSource, cells, values);
    if (cells.scratchLength > 0) convertRows(cells.scratch, cellInScratch, cells, values);
    return { layout: 'fixed', width: 16, values, ...validityOf(cells) };
  },
};

function convertRows(bytes: Uint8Array, wanted: number, cells: TextCells, values: Uint8Array): void {
  const { starts, ends, states, rows } = cells;
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted) continue;
    if (ends[row]! - starts[row]! === 36 && readUuid(bytes, starts[row]!, values, row * 16)) continue;
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}

function readUuid(bytes: Uint8Array, start: number, values: Uint8Array, to: number): boolean {
  let at = start;
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) {
      if (bytes[at] !== 0x2d) return false;
      at++;
    }
    const high = hexDigit(bytes[at]!);
    const low = hexDigit(bytes[at + 1]!);
    if (high < 0 || low < 0) return false;
    values[to + index] = high * 16 + low;
    at += 2;
  }
  return true;
}
