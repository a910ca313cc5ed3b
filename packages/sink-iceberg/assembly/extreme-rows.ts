// Twin of packages/sink-iceberg/src/parquet/extreme-rows.ts. Each returns the row of the smallest value; `highestRow` has that of the largest then.
// `rows` are row numbers, `i32`; 0: all of the first `count` rows. There is at least one. Of equal values the first counts.
import { compareTexts, textHead } from './text-order.ts';

let highest: i32 = 0;
let notNumbers: i32 = 0;

/** The row of the largest value of the last call. */
export function highestRow(): i32 {
  return highest;
}

/** How many values of the last call of floating point were NaN. */
export function notNumberCount(): i32 {
  return notNumbers;
}

export function extremeInt32(values: usize, rows: usize, count: i32): i32 {
  return extremeIntegers<i32>(values, rows, count, 2);
}

export function extremeInt64(values: usize, rows: usize, count: i32): i32 {
  return extremeIntegers<i64>(values, rows, count, 3);
}

/** @returns -1: all values are NaN. */
export function extremeFloat32(values: usize, rows: usize, count: i32): i32 {
  return extremeFloats<f32>(values, rows, count, 2);
}

/** @returns -1: all values are NaN. */
export function extremeFloat64(values: usize, rows: usize, count: i32): i32 {
  return extremeFloats<f64>(values, rows, count, 3);
}

/** @param offsets Row `i` is `bytes[offsets[i], offsets[i + 1])`, `i32`. */
export function extremeTexts(bytes: usize, offsets: usize, rows: usize, count: i32): i32 {
  let lowest = rowAt(rows, 0);
  highest = lowest;
  let low = headOf(bytes, offsets, lowest);
  let high = low;
  for (let i = 1; i < count; i++) {
    const row = rowAt(rows, i);
    const head = headOf(bytes, offsets, row);
    if (head > low && head < high) continue;
    if (head < low || (head == low && compareRows(bytes, offsets, row, lowest) < 0)) {
      low = head;
      lowest = row;
    } else if (head > high || (head == high && compareRows(bytes, offsets, row, highest) > 0)) {
      high = head;
      highest = row;
    }
  }
  return lowest;
}

// @ts-ignore: decorator
@inline
function extremeIntegers<T>(values: usize, rows: usize, count: i32, shift: i32): i32 {
  let lowest = rowAt(rows, 0);
  highest = lowest;
  let low = load<T>(values + (lowest << shift));
  let high = low;
  for (let i = 1; i < count; i++) {
    const row = rowAt(rows, i);
    const value = load<T>(values + (row << shift));
    if (value < low) {
      low = value;
      lowest = row;
    } else if (value > high) {
      high = value;
      highest = row;
    }
  }
  return lowest;
}

// @ts-ignore: decorator
@inline
function extremeFloats<T>(values: usize, rows: usize, count: i32, shift: i32): i32 {
  let lowest = -1;
  highest = -1;
  notNumbers = 0;
  let low: T = <T>0;
  let high: T = <T>0;
  for (let i = 0; i < count; i++) {
    const row = rowAt(rows, i);
    const value = load<T>(values + (row << shift));
    if (value != value) {
      notNumbers++;
      continue;
    }
    if (lowest == -1) {
      lowest = row;
      highest = row;
      low = value;
      high = value;
      continue;
    }
    // -0 is below +0: as numbers they are equal, their inverses are not.
    if (value < low || (value == 0 && low == 0 && <T>1 / value < <T>1 / low)) {
      low = value;
      lowest = row;
    }
    if (value > high || (value == 0 && high == 0 && <T>1 / value > <T>1 / high)) {
      high = value;
      highest = row;
    }
  }
  return lowest;
}

// @ts-ignore: decorator
@inline
function headOf(bytes: usize, offsets: usize, row: i32): u64 {
  const start = load<i32>(offsets + (row << 2));
  return textHead(bytes + start, load<i32>(offsets + (row << 2), 4) - start);
}

function compareRows(bytes: usize, offsets: usize, a: i32, b: i32): i32 {
  const aStart = load<i32>(offsets + (a << 2));
  const bStart = load<i32>(offsets + (b << 2));
  return compareTexts(
    bytes + aStart,
    load<i32>(offsets + (a << 2), 4) - aStart,
    bytes + bStart,
    load<i32>(offsets + (b << 2), 4) - bStart,
  );
}

// @ts-ignore: decorator
@inline
function rowAt(rows: usize, i: i32): i32 {
  return rows == 0 ? i : load<i32>(rows + (i << 2));
}
