import type { ColumnData, ColumnType } from '@calve/core/plugin';
import { nullColumn, widthOf } from '@calve/core/plugin';
import { encodeSingleValue, type SingleValue } from '../spec/single-value.ts';

/**
 * A column in which every row has the same value, in memory of its own.
 *
 * @param value null: every row is null, also of nested types.
 * @throws {CalveError} `INTERNAL`: the value does not fit the type.
 */
export function constantColumn(type: ColumnType, value: SingleValue | null, rows: number): ColumnData {
  if (value === null) return nullColumn(type, rows);
  const width = widthOf(type);
  if (width === 0) {
    const bits = new Uint8Array((rows + 7) >> 3);
    if (value === true) for (let row = 0; row < rows; row++) bits[row >> 3]! |= 1 << (row & 7);
    return { layout: 'fixed', width, values: bits };
  }
  const bytes = storedBytes(type, value, width);
  const values = new Uint8Array(bytes.length * rows);
  for (let row = 0; row < rows; row++) values.set(bytes, row * bytes.length);
  if (width !== null) return { layout: 'fixed', width, values };
  const offsets = new Int32Array(rows + 1);
  for (let row = 1; row <= rows; row++) offsets[row] = row * bytes.length;
  return { layout: 'offsets', offsets, bytes: values };
}

/** As columns hold it: a decimal is little endian and of fixed width, all else is as in bounds. */
function storedBytes(type: ColumnType, value: SingleValue, width: number | null): Uint8Array {
  if (type.kind !== 'decimal' || typeof value !== 'bigint' || width === null) return encodeSingleValue(type, value);
  const bytes = new Uint8Array(width);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < width; at += 8) view.setBigUint64(at, BigInt.asUintN(64, value >> BigInt(at * 8)), true);
  return bytes;
}
