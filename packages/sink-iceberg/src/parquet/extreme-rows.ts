import { offsetInArena } from '@calve/core/plugin';
import type { ColumnValues } from './column-values.ts';
import type { EncoderKernels } from './encoder-kernels.ts';
import { encoderKernels } from './encoder-kernels.ts';
import type { ValueOrder } from './physical-type.ts';

/** Rows of a column that hold its smallest and its largest value. */
export interface ExtremeRows {
  /** -1: there is no value, NaN left out. */
  lowest: number;
  highest: number;
  /** How many values are NaN. */
  notNumbers: number;
}

/**
 * Finds the smallest and the largest value; -0 is below +0, bytes compare unsigned, a beginning is below the whole.
 *
 * @param rows Row numbers of values, none of them null; `null`: all rows.
 */
export function extremeRows(order: ValueOrder, values: ColumnValues, width: number, rows: Int32Array | null): ExtremeRows {
  const count = rows === null ? values.rows : rows.length;
  if (count === 0) return { lowest: -1, highest: -1, notNumbers: 0 };
  const compiled = encoderKernels.current;
  return (compiled && compiledExtremes(compiled, order, values, rows, count)) ?? plainExtremes(order, values, width, rows, count);
}

/** `null`: there is no kernel for it, or it does not see the memory. */
function compiledExtremes(
  compiled: EncoderKernels,
  order: ValueOrder,
  { bytes, offsets }: ColumnValues,
  rows: Int32Array | null,
  count: number,
): ExtremeRows | null {
  const values = offsetInArena(bytes);
  const rowNumbers = rows === null ? 0 : offsetInArena(rows);
  if (values < 0 || rowNumbers < 0) return null;
  switch (order) {
    case 'int32':
      return { lowest: compiled.extremeInt32(values, rowNumbers, count), highest: compiled.highestRow(), notNumbers: 0 };
    case 'int64':
      return { lowest: compiled.extremeInt64(values, rowNumbers, count), highest: compiled.highestRow(), notNumbers: 0 };
    case 'float32':
    case 'float64': {
      const find = order === 'float32' ? compiled.extremeFloat32 : compiled.extremeFloat64;
      const lowest = find(values, rowNumbers, count);
      return { lowest, highest: compiled.highestRow(), notNumbers: compiled.notNumberCount() };
    }
    case 'bytes': {
      const places = offsets === null ? -1 : offsetInArena(offsets);
      if (places < 0) return null;
      const lowest = compiled.extremeTexts(values, places, rowNumbers, count);
      return { lowest, highest: compiled.highestRow(), notNumbers: 0 };
    }
    default:
      return null;
  }
}

function plainExtremes(
  order: ValueOrder,
  values: ColumnValues,
  width: number,
  rows: Int32Array | null,
  count: number,
): ExtremeRows {
  const { bytes } = values;
  const words = (): Int32Array => new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  switch (order) {
    case 'boolean':
      return ofBooleans(bytes, rows, count);
    case 'int32':
      return ofInt32(words(), rows, count);
    case 'int64':
      return ofInt64(words(), rows, count);
    case 'int128':
      return ofInt128(words(), rows, count);
    case 'float32':
      return ofFloats(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2), rows, count);
    case 'float64':
      return ofFloats(new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3), rows, count);
    case 'bytes':
      return values.offsets === null ? ofFixedBytes(bytes, width, rows, count) : ofTexts(bytes, values.offsets, rows, count);
  }
}

function ofBooleans(bytes: Uint8Array, rows: Int32Array | null, count: number): ExtremeRows {
  let lowest = rowAt(rows, 0);
  let highest = lowest;
  for (let i = 1; i < count && bytes[lowest] === bytes[highest]; i++) {
    const row = rowAt(rows, i);
    if (bytes[row] === 0) lowest = row;
    else highest = row;
  }
  return { lowest, highest, notNumbers: 0 };
}

function ofInt32(words: Int32Array, rows: Int32Array | null, count: number): ExtremeRows {
  let lowest = rowAt(rows, 0);
  let highest = lowest;
  let low = words[lowest]!;
  let high = low;
  for (let i = 1; i < count; i++) {
    const row = rows === null ? i : rows[i]!;
    const value = words[row]!;
    if (value < low) {
      low = value;
      lowest = row;
    } else if (value > high) {
      high = value;
      highest = row;
    }
  }
  return { lowest, highest, notNumbers: 0 };
}

function ofInt64(words: Int32Array, rows: Int32Array | null, count: number): ExtremeRows {
  let lowest = rowAt(rows, 0);
  let highest = lowest;
  let lowTop = words[lowest * 2 + 1]!;
  let highTop = lowTop;
  for (let i = 1; i < count; i++) {
    const row = rows === null ? i : rows[i]!;
    const top = words[row * 2 + 1]!;
    if (top < lowTop || (top === lowTop && words[row * 2]! >>> 0 < words[lowest * 2]! >>> 0)) {
      lowTop = top;
      lowest = row;
    } else if (top > highTop || (top === highTop && words[row * 2]! >>> 0 > words[highest * 2]! >>> 0)) {
      highTop = top;
      highest = row;
    }
  }
  return { lowest, highest, notNumbers: 0 };
}

function ofInt128(words: Int32Array, rows: Int32Array | null, count: number): ExtremeRows {
  let lowest = rowAt(rows, 0);
  let highest = lowest;
  for (let i = 1; i < count; i++) {
    const row = rows === null ? i : rows[i]!;
    if (isLess128(words, row * 4, lowest * 4)) lowest = row;
    else if (isLess128(words, highest * 4, row * 4)) highest = row;
  }
  return { lowest, highest, notNumbers: 0 };
}

function isLess128(words: Int32Array, a: number, b: number): boolean {
  if (words[a + 3] !== words[b + 3]) return words[a + 3]! < words[b + 3]!;
  for (let word = 2; word >= 0; word--)
    if (words[a + word] !== words[b + word]) return words[a + word]! >>> 0 < words[b + word]! >>> 0;
  return false;
}

function ofFloats(floats: Float32Array | Float64Array, rows: Int32Array | null, count: number): ExtremeRows {
  let lowest = -1;
  let highest = -1;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let notNumbers = 0;
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!;
    const value = floats[row]!;
    if (Number.isNaN(value)) {
      notNumbers += 1;
      continue;
    }
    if (lowest === -1 || value < low || (value === 0 && low === 0 && 1 / value < 1 / low)) {
      low = value;
      lowest = row;
    }
    if (highest === -1 || value > high || (value === 0 && high === 0 && 1 / value > 1 / high)) {
      high = value;
      highest = row;
    }
  }
  return { lowest, highest, notNumbers };
}

function ofFixedBytes(bytes: Uint8Array, width: number, rows: Int32Array | null, count: number): ExtremeRows {
  const view = viewOf(bytes);
  let lowest = rowAt(rows, 0);
  let highest = lowest;
  for (let i = 1; i < count; i++) {
    const row = rows === null ? i : rows[i]!;
    const start = row * width;
    if (compareSlices(view, start, start + width, lowest * width, lowest * width + width) < 0) lowest = row;
    else if (compareSlices(view, start, start + width, highest * width, highest * width + width) > 0) highest = row;
  }
  return { lowest, highest, notNumbers: 0 };
}

/** The first four bytes as one number settle most comparisons. */
function ofTexts(bytes: Uint8Array, offsets: Int32Array, rows: Int32Array | null, count: number): ExtremeRows {
  const view = viewOf(bytes);
  let lowest = rowAt(rows, 0);
  let highest = lowest;
  let low = headOf(view, offsets[lowest]!, offsets[lowest + 1]!);
  let high = low;
  for (let i = 1; i < count; i++) {
    const row = rows === null ? i : rows[i]!;
    const start = offsets[row]!;
    const end = offsets[row + 1]!;
    const head = headOf(view, start, end);
    if (head > low && head < high) continue;
    if (head < low || (head === low && compareSlices(view, start, end, offsets[lowest]!, offsets[lowest + 1]!) < 0)) {
      low = head;
      lowest = row;
    } else if (head > high || (head === high && compareSlices(view, start, end, offsets[highest]!, offsets[highest + 1]!) > 0)) {
      high = head;
      highest = row;
    }
  }
  return { lowest, highest, notNumbers: 0 };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Zeros stand for what a short text lacks. Signed, so that it stays a small integer: the order is that of the bytes. */
function headOf(view: DataView, start: number, end: number): number {
  if (end - start >= 4) return view.getInt32(start, false) ^ 0x8000_0000;
  let head = 0;
  for (let at = start; at < start + 4; at++) head = (head << 8) | (at < end ? view.getUint8(at) : 0);
  return head ^ 0x8000_0000;
}

/** Order of two slices of the same bytes, unsigned; four bytes at a time while they are equal. */
function compareSlices(view: DataView, a: number, aEnd: number, b: number, bEnd: number): number {
  const length = Math.min(aEnd - a, bEnd - b);
  let at = 0;
  while (at + 4 <= length && view.getInt32(a + at) === view.getInt32(b + at)) at += 4;
  for (; at < length; at++) {
    const difference = view.getUint8(a + at) - view.getUint8(b + at);
    if (difference !== 0) return difference;
  }
  return aEnd - a - (bEnd - b);
}

function rowAt(rows: Int32Array | null, at: number): number {
  return rows === null ? at : rows[at]!;
}
