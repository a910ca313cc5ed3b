import type { ColumnData } from '../../columns/column-data.ts';
import { writeInt64Digits } from '../../columns/int64-words.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

/** int64: `[+-]?[0-9]{1,19}` within 64 bits. Twenty digits are bad even when they are leading zeros. */
export const int64Kernel: TextKernel = {
  convert(cells: TextCells): ColumnData {
    const values = new Uint8Array(cells.rows * 8);
    const view = new DataView(values.buffer);
    convertRows(cells.source, cellInSource, cells, view);
    if (cells.scratchLength > 0) convertRows(cells.scratch, cellInScratch, cells, view);
    return { layout: 'fixed', width: 8, values, ...cells.validity() };
  },
};

function convertRows(bytes: Uint8Array, wanted: number, cells: TextCells, view: DataView): void {
  const { starts, ends, states, rows } = cells;
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted || readInt64(bytes, starts[row]!, ends[row]!, view, row * 8)) continue;
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}

/** Writes the integer that stands in `bytes[start, end)`; false, and nothing is written, when it is none. */
export function readInt64(bytes: Uint8Array, start: number, end: number, view: DataView, at: number): boolean {
  let from = start;
  let negative = false;
  const first = bytes[from];
  if (from < end && (first === 0x2d || first === 0x2b)) {
    negative = first === 0x2d;
    from++;
  }
  const length = end - from;
  if (length < 1 || length > 19) return false;
  if (length <= 9) {
    // As many digits are a small integer.
    let value = 0;
    for (; from < end; from++) {
      const digit = bytes[from]! - 0x30;
      if (digit >>> 0 > 9) return false;
      value = (value * 10 + digit) | 0;
    }
    if (negative) value = -value | 0;
    view.setInt32(at, value, true);
    view.setInt32(at + 4, value >> 31, true);
    return true;
  }
  let high = 0;
  let low = 0;
  const split = end - 9;
  for (; from < split; from++) {
    const digit = bytes[from]! - 0x30;
    if (digit >>> 0 > 9) return false;
    high = high * 10 + digit;
  }
  for (; from < end; from++) {
    const digit = bytes[from]! - 0x30;
    if (digit >>> 0 > 9) return false;
    low = (low * 10 + digit) | 0;
  }
  return writeInt64Digits(view, at, high, low, negative);
}
