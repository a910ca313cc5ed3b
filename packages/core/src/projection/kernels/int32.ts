import { type FixedReading, fixedColumn } from './fixed-cells.ts';
import type { TextCells } from './text-cells.ts';
import { cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

const reading: FixedReading = {
  width: 4,
  readRows,
  readCell: (bytes, start, end, view, row) => readInt32(bytes, start, end, view, row * 4),
  compiled: (kernels, at, first, rows, values) =>
    kernels.int32Cells(at.source, at.scratch, at.starts, at.ends, at.states, first, rows, values),
};

/** int32: `[+-]?[0-9]{1,19}` within 32 bits. */
export const int32Kernel: TextKernel = { convert: (cells) => fixedColumn(cells, reading) };

function readRows(cells: TextCells, bytes: Uint8Array, wanted: number, view: DataView): void {
  const { starts, ends, states, rows } = cells;
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted || readInt32(bytes, starts[row]!, ends[row]!, view, row * 4)) continue;
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}

function readInt32(bytes: Uint8Array, start: number, end: number, view: DataView, at: number): boolean {
  let from = start;
  let negative = false;
  const first = bytes[from];
  if (from < end && (first === 0x2d || first === 0x2b)) {
    negative = first === 0x2d;
    from++;
  }
  if (from === end || end - from > 19) return false;
  // Up to 19 digits: beyond 2^53 the sum is rounded, which does not change that it is out of range.
  let value = 0;
  for (; from < end; from++) {
    const digit = bytes[from]! - 0x30;
    if (digit >>> 0 > 9) return false;
    value = value * 10 + digit;
  }
  if (value > (negative ? 0x8000_0000 : 0x7fff_ffff)) return false;
  view.setInt32(at, negative ? -value : value, true);
  return true;
}
