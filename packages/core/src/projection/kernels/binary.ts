import type { ColumnData } from '../../columns/column-data.ts';
import { CalveError } from '../../errors/calve-error.ts';
import { textBytesOf, validityOf } from './cells-with-text.ts';
import { type BytesEncoding, decodedLength, decodeText } from './decode-text.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

/** binary: the bytes that a text stands for. */
export function binaryKernel(encoding: BytesEncoding): TextKernel {
  return {
    convert(cells: TextCells): ColumnData {
      const { starts, ends, states, rows, source, scratch } = cells;
      // No encoding makes the bytes more than the text.
      const total = textBytesOf(cells);
      if (total > 0x7fff_ffff)
        throw new CalveError(
          'INTERNAL',
          `A binary column of one batch has ${total} bytes; a batch holds at most 2 GiB per column.`,
          {
            recovery: 'report',
          },
        );
      const bytes = new Uint8Array(total);
      const offsets = new Int32Array(rows + 1);
      let length = 0;
      for (let row = 0; row < rows; row++) {
        const state = states[row];
        if (state === cellInSource || state === cellInScratch) {
          const text = state === cellInSource ? source : scratch;
          const size = decodedLength(encoding, text, starts[row]!, ends[row]!);
          if (size >= 0 && decodeText(encoding, text, starts[row]!, ends[row]!, bytes, length)) length += size;
          else {
            states[row] = cellIsBad;
            cells.bad += 1;
          }
        }
        offsets[row + 1] = length;
      }
      return { layout: 'offsets', offsets, bytes: length === total ? bytes : bytes.slice(0, length), ...validityOf(cells) };
    },
  };
}

/** fixed: the bytes that a text stands for, exactly `width` of them. */
export function fixedKernel(width: number, encoding: BytesEncoding): TextKernel {
  return {
    convert(cells: TextCells): ColumnData {
      const { starts, ends, states, rows, source, scratch } = cells;
      const values = new Uint8Array(rows * width);
      for (let row = 0; row < rows; row++) {
        const state = states[row];
        if (state !== cellInSource && state !== cellInScratch) continue;
        const text = state === cellInSource ? source : scratch;
        const fits = decodedLength(encoding, text, starts[row]!, ends[row]!) === width;
        if (fits && decodeText(encoding, text, starts[row]!, ends[row]!, values, row * width)) continue;
        states[row] = cellIsBad;
        cells.bad += 1;
      }
      return { layout: 'fixed', width, values, ...validityOf(cells) };
    },
  };
}
