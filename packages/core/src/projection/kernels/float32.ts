import type { ColumnData } from '../../columns/column-data.ts';
import { validityOf } from './cells-with-text.ts';
import { readFloat64 } from './float64.ts';
import type { SpecialNumbers } from './special-numbers.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

/**
 * float32: the text as float64, then rounded again to float32, as `CAST(CAST(x AS DOUBLE) AS FLOAT)` does. What overflows in either
 * step is bad.
 *
 * @param special Texts that stand for NaN and the infinities, if any.
 */
export function float32Kernel(special: SpecialNumbers | null): TextKernel {
  return {
    convert(cells: TextCells): ColumnData {
      const values = new Uint8Array(cells.rows * 4);
      const view = new DataView(values.buffer);
      convertRows(cells.source, cellInSource, cells, view, special);
      if (cells.scratchLength > 0) convertRows(cells.scratch, cellInScratch, cells, view, special);
      return { layout: 'fixed', width: 4, values, ...validityOf(cells) };
    },
  };
}

function convertRows(bytes: Uint8Array, wanted: number, cells: TextCells, view: DataView, special: SpecialNumbers | null): void {
  const { starts, ends, states, rows } = cells;
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted) continue;
    const start = starts[row]!;
    const end = ends[row]!;
    const token = special === null ? -1 : special.indexOf(bytes, start, end);
    const value = token < 0 ? Math.fround(readFloat64(bytes, start, end)) : special!.values[token]!;
    if (token >= 0 || Number.isFinite(value)) view.setFloat32(row * 4, value, true);
    else {
      states[row] = cellIsBad;
      cells.bad += 1;
    }
  }
}
