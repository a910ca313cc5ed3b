import type { ColumnData } from '../../columns/column-data.ts';
import { copyBytes } from '../../columns/gather-rows.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

/** string: the bytes as they are; they are valid UTF-8 already. Nothing is bad. */
export const stringKernel: TextKernel = {
  convert(cells: TextCells): ColumnData {
    const { starts, ends, states, rows, source, scratch } = cells;
    const total = cells.textBytes();
    if (total > 0x7fff_ffff)
      throw new CalveError('INTERNAL', `A text column of one batch has ${total} bytes; a batch holds at most 2 GiB per column.`, {
        recovery: 'report',
      });
    const offsets = new Int32Array(rows + 1);
    const bytes = new Uint8Array(total);
    let length = 0;
    for (let row = 0; row < rows; row++) {
      const state = states[row];
      if (state === cellInSource || state === cellInScratch) {
        copyBytes(state === cellInSource ? source : scratch, starts[row]!, ends[row]!, bytes, length);
        length += ends[row]! - starts[row]!;
      }
      offsets[row + 1] = length;
    }
    return { layout: 'offsets', offsets, bytes, ...cells.validity() };
  },
};
