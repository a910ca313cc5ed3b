import { type FixedReading, fixedColumn } from './fixed-cells.ts';
import { numberOf, powersOfTen } from './number-of.ts';
import { NumberScan } from './scan-number.ts';
import type { SpecialNumbers } from './special-numbers.ts';
import type { TextCells } from './text-cells.ts';
import { cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

const scan = new NumberScan();

/**
 * float64: a decimal number with up to 3 exponent digits, read as `Number(text)` reads it. Infinity out of digits is bad; a number too
 * small for float64 is 0 or -0.
 *
 * @param special Texts that stand for NaN and the infinities, if any.
 */
export function float64Kernel(special: SpecialNumbers | null): TextKernel {
  const readCell: FixedReading['readCell'] = (bytes, start, end, view, row) => {
    const token = special === null ? -1 : special.indexOf(bytes, start, end);
    const value = token < 0 ? readFloat64(bytes, start, end) : special!.values[token]!;
    if (token < 0 && !Number.isFinite(value)) return false;
    view.setFloat64(row * 8, value, true);
    return true;
  };
  const reading: FixedReading = {
    width: 8,
    readRows: (cells, bytes, wanted, view) => readRows(cells, bytes, wanted, view, special),
    readCell,
    compiled: (kernels, at, first, rows, values) =>
      kernels.float64Cells(at.source, at.scratch, at.starts, at.ends, at.states, first, rows, values),
  };
  // The compiled kernel does not know tokens, and must not take one that looks like a number.
  if (special?.hasNumber) delete reading.compiled;
  return { convert: (cells) => fixedColumn(cells, reading) };
}

function readRows(cells: TextCells, bytes: Uint8Array, wanted: number, view: DataView, special: SpecialNumbers | null): void {
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
  const value = readShortFloat64(bytes, start, end);
  if (!Number.isNaN(value)) return value;
  if (!scan.scan(bytes, start, end, 3)) return Number.NaN;
  return numberOf(scan, bytes, start, end);
}

/**
 * The same for `[+-]?[0-9]{1,9}([.][0-9]{0,18})?`, as most numbers are written; NaN for anything else and for a number of more than 15 digits
 * that lies too near to the middle between two floating point numbers.
 */
function readShortFloat64(bytes: Uint8Array, start: number, end: number): number {
  const sign = bytes[start];
  let at = sign === 0x2d || sign === 0x2b ? start + 1 : start;
  // Three runs of up to nine digits, which are small integers.
  let whole = 0;
  const wholeStart = at;
  for (; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit >>> 0 > 9) break;
    whole = (whole * 10 + digit) | 0;
  }
  const wholeDigits = at - wholeStart;
  if (wholeDigits < 1 || wholeDigits > 9) return Number.NaN;
  if (at === end) return sign === 0x2d ? -whole : whole;
  if (bytes[at] !== 0x2e) return Number.NaN;
  at++;
  const fractionDigits = end - at;
  if (fractionDigits > 18) return Number.NaN;
  const split = fractionDigits > 9 ? at + 9 : end;
  const firstDigits = split - at;
  let fraction = 0;
  for (; at < split; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit >>> 0 > 9) return Number.NaN;
    fraction = (fraction * 10 + digit) | 0;
  }
  let value = whole * powersOfTen[firstDigits]! + fraction;
  if (at === end) {
    // Eighteen digits at most: exact below 2^53.
    if (value > Number.MAX_SAFE_INTEGER) return Number.NaN;
    value /= powersOfTen[firstDigits]!;
    return sign === 0x2d ? -value : value;
  }
  let rest = 0;
  for (; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit >>> 0 > 9) return Number.NaN;
    rest = (rest * 10 + digit) | 0;
  }
  if (value > Number.MAX_SAFE_INTEGER) return Number.NaN;
  value = divideLong(value, powersOfTen[fractionDigits - 9]!, rest, powersOfTen[fractionDigits]!);
  return sign === 0x2d ? -value : value;
}

/**
 * `(value * scale + rest) / divisor`, rounded once; NaN when the result lies so near to the middle between two numbers that rounding cannot be
 * proved right.
 *
 * The dividend and the quotient are pairs of numbers: the nearest one, and what is missing.
 *
 * @param value An integer up to 2^53.
 * @param scale A power of ten up to 10^9.
 * @param rest An integer below `scale`.
 * @param divisor A power of ten up to 10^22, which is exact.
 * @see T. J. Dekker, "A Floating-Point Technique for Extending the Available Precision", 1971.
 */
function divideLong(value: number, scale: number, rest: number, divisor: number): number {
  const product = value * scale;
  const missing = productError(value, scale, product) + rest;
  const dividend = product + missing;
  const dividendRest = missing - (dividend - product);
  const quotient = dividend / divisor;
  const back = quotient * divisor;
  const remainder = dividend - back - productError(quotient, divisor, back) + dividendRest;
  const correction = remainder / divisor;
  // The correction itself is right to 2^-50 of its size, which is at most 2^-52 of the quotient's.
  const doubt = quotient * 2 ** -100;
  const rounded = quotient + (correction + doubt);
  return rounded === quotient + (correction - doubt) ? rounded : Number.NaN;
}

/** What `product`, the rounded product of two numbers, lacks: exact. */
function productError(a: number, b: number, product: number): number {
  const splitA = a * 134_217_729;
  const highA = splitA - (splitA - a);
  const lowA = a - highA;
  const splitB = b * 134_217_729;
  const highB = splitB - (splitB - b);
  const lowB = b - highB;
  return highA * highB - product + highA * lowB + lowA * highB + lowA * lowB;
}
