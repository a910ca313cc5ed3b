import type { ColumnData } from '../columns/column-data.ts';
import type { ColumnType } from '../columns/column-type.ts';
import { kernelOfType } from './kernels/kernel-of-type.ts';
import { cellInSource, longestTextOf, TextCells } from './kernels/text-cells.ts';

const encoder = new TextEncoder();

/**
 * One value, read from text as `type` by the strict grammar (`NaN` and `Infinity` are values).
 *
 * @returns A column of one row, or `null` when the text is no such value or text cannot become that type.
 */
export function singleValue(text: string, type: ColumnType): ColumnData | null {
  const kernel = kernelOfType(type, { special: true });
  if (kernel === null) return null;
  const bytes = encoder.encode(text);
  const cells = new TextCells();
  cells.load({ layout: 'offsets', offsets: Int32Array.of(0, bytes.length), bytes }, 1, {
    trim: false,
    nulls: null,
    longest: longestTextOf(type),
  });
  const column = kernel.convert(cells);
  return cells.states[0] === cellInSource ? column : null;
}
