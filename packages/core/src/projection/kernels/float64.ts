import type { ColumnData } from '../../columns/column-data.ts';
import { NumberScan } from './scan-number.ts';
import type { SpecialNumbers } from './special-numbers.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

const powersOfTen = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const scan = new NumberScan();

/**
 * float64: a decimal number with up to 3 exponent digits, read as `Number(text)` reads it. Infinity out of digits is bad; a number too
 * small for float64 is 0 or -0.
 *
 * @param special Texts that stand for NaN and the infinities, if any.
 */
export function float64Kernel(special: SpecialNumbers | null): TextKernel {
  return {
    convert(cells: TextCells): ColumnData {
      const values = new Uint8Array(cells.rows * 8);
      const view = new DataView(values.buffer);
      convertRows(cells.source, cellInSource, cells, view, special);
      if (cells.scratchLength > 0) convertRows(cells.scratch, cellInScratch, cells, view, special);
      return { layout: 'fixed', width: 8, values, ...cells.validity() };
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
    const value = token < 0 ? readFloat64(bytes, start, end) : special!.values[token]!;
    if (token >= 0 || Number.isFinite(value)) view.setFloat64(row * 8, value, true);
    else {
      states[row] = cellIsBad;
      cells.bad += 1;
    }
  }
}

/** The number that stands in `bytes[start, end)`; not finite when it is none or too large. */
export function readFloat64(bytes: Uint8Array, start: number, end: number): number {
  if (!scan.scan(bytes, start, end, 3)) return Number.NaN;
  return numberOf(scan, bytes, start, end);
}

/**
 * The float64 nearest to a scanned number.
 *
 * Up to 15 digits and a power of ten up to 10^22 are exact in float64, so one multiplication or division rounds correctly; everything
 * else goes through a string.
 *
 * @see W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990.
 */
export function numberOf(number: NumberScan, bytes: Uint8Array, start: number, end: number): number {
  const power = number.exponent - (number.fractionEnd - number.fractionStart);
  if (number.digits - number.leadingZeros > 15 || power < -22 || power > 22) return Number(asciiText(bytes, start, end));
  let value = 0;
  for (let index = number.leadingZeros; index < number.digits; index++) value = value * 10 + number.digit(bytes, index);
  value = power < 0 ? value / powersOfTen[-power]! : value * powersOfTen[power]!;
  return number.negative ? -value : value;
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
