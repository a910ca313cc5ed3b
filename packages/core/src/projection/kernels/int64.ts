import { type FixedReading, fixedColumn } from './fixed-cells.ts';
import { readInt64 } from './read-int64.ts';
import type { TextCells } from './text-cells.ts';
import { cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

const reading: FixedReading = {
  width: 8,
  readRows,
  readCell: (bytes, start, end, view, row) => readInt64(bytes, start, end, view, row * 8),
  compiled: (kernels, at, first, rows, values) =>
    kernels.int64Cells(at.source, at.scratch, at.starts, at.ends, at.states, first, rows, values),
};

/** int64: `[+-]?[0-9]{1,19}` within 64 bits. Twenty digits are bad even when they are leading zeros. */
export const int64Kernel: TextKernel = { convert: (cells) => fixedColumn(cells, reading) };

function readRows(cells: TextCells, bytes: Uint8Array, wanted: number, view: DataView): void {
  const { starts, ends, states, rows } = cells;
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted || readInt64(bytes, starts[row]!, ends[row]!, view, row * 8)) continue;
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}
