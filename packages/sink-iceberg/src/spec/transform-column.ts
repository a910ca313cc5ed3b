import type { ColumnData, ColumnType } from '@calve/core/plugin';
import { CalveError, createCellSlice, isValid, readCell, typeText } from '@calve/core/plugin';
import type { PartitionValue } from '../datafile/data-file.ts';
import { codePointsEnd } from './bounds.ts';
import { microsOfNanos, monthsOfDays, wholeSeconds } from './calendar-parts.ts';
import { DistinctBytes } from './distinct-bytes.ts';
import { murmur3, murmur3Int64 } from './murmur3.ts';
import { partitionValueOf } from './stored-value.ts';
import type { Transform } from './transform.ts';
import { truncateStored } from './truncate-stored.ts';

/** The partition values of one column, ready to group by: row `i` has `values[codes[i]]`. No two values are equal. */
export interface PartitionCodes {
  codes: Int32Array;
  values: PartitionValue[];
}

/**
 * Transforms a column. Null gives null.
 *
 * @param type Of the column; one that the transform takes.
 * @param column Borrowed; nothing of it is kept.
 * @param rows Of the column.
 */
export function transformColumn(transform: Transform, type: ColumnType, column: ColumnData, rows: number): PartitionCodes {
  if (transform.kind === 'void') return { codes: new Int32Array(rows), values: [null] };
  if (column.layout === 'dictionary') return throughDictionary(transform, type, column, rows);
  const values: PartitionValue[] = [];
  const codes = new Int32Array(rows);
  const codeOf =
    transform.kind === 'identity' || transform.kind === 'truncate'
      ? storedCodes(transform, type, column, values)
      : numberCodes(transform, type, column, values);
  let nullCode = -1;
  for (let row = 0; row < rows; row++) {
    if (isValid(column, row)) {
      codes[row] = codeOf(row);
      continue;
    }
    if (nullCode === -1) nullCode = values.push(null) - 1;
    codes[row] = nullCode;
  }
  return { codes, values };
}

/** Each entry of the dictionary is transformed once. */
function throughDictionary(
  transform: Transform,
  type: ColumnType,
  column: ColumnData & { layout: 'dictionary' },
  rows: number,
): PartitionCodes {
  let entries = 0;
  for (let row = 0; row < rows; row++) if (isValid(column, row)) entries = Math.max(entries, column.indexes[row]! + 1);
  const { validity: _, ...dictionary } = column.values;
  const inner = transformColumn(transform, type, dictionary as ColumnData, entries);
  const values = [...inner.values, null];
  const codes = new Int32Array(rows);
  for (let row = 0; row < rows; row++) codes[row] = isValid(column, row) ? inner.codes[column.indexes[row]!]! : values.length - 1;
  return { codes, values };
}

/** Results that are numbers: buckets and parts of dates. */
function numberCodes(
  transform: Transform,
  type: ColumnType,
  column: ColumnData,
  values: PartitionValue[],
): (row: number) => number {
  const numberAt = transform.kind === 'bucket' ? bucketAt(transform.count, type, column) : datePartAt(transform, type, column);
  const known = new Map<number, number>();
  return (row) => {
    const value = numberAt(row);
    let code = known.get(value);
    if (code === undefined) {
      code = values.push(value) - 1;
      known.set(value, code);
    }
    return code;
  };
}

/** Results of the column's own type: told apart by their bytes, read as a value only once. */
function storedCodes(
  transform: Transform,
  type: ColumnType,
  column: ColumnData,
  values: PartitionValue[],
): (row: number) => number {
  const distinct = new DistinctBytes();
  const codes: number[] = [];
  const numbered = (bytes: Uint8Array, start: number, end: number): number => {
    const number = distinct.numberOf(bytes, start, end);
    codes[number] ??= values.push(partitionValueOf(type, distinct.at(number))) - 1;
    return codes[number];
  };
  if (column.layout === 'offsets' || column.layout === 'cells') {
    const slice = createCellSlice();
    return (row) => {
      const { bytes, start, end } = readCell(column, row, slice);
      if (transform.kind !== 'truncate') return numbered(bytes, start, end);
      const { width } = transform;
      return numbered(
        bytes,
        start,
        type.kind === 'string' ? codePointsEnd(bytes, start, end, width) : Math.min(end, start + width),
      );
    };
  }
  const { values: stored, width } = fixed(column, type);
  const scratch = new Uint8Array(Math.max(width, 1));
  return (row) => {
    if (width === 0) scratch[0] = (stored[row >> 3]! >> (row & 7)) & 1;
    else for (let at = 0; at < width; at++) scratch[at] = stored[row * width + at]!;
    if (transform.kind === 'truncate') truncateStored(scratch, transform.width);
    if (type.kind === 'float32' || type.kind === 'float64') unifyNaN(scratch);
    return numbered(scratch, 0, scratch.length);
  };
}

/** All NaN are one value, whatever their bits. */
function unifyNaN(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer);
  if (bytes.length === 4 && Number.isNaN(view.getFloat32(0, true))) view.setFloat32(0, Number.NaN, true);
  if (bytes.length === 8 && Number.isNaN(view.getFloat64(0, true))) view.setFloat64(0, Number.NaN, true);
}

function bucketAt(count: number, type: ColumnType, column: ColumnData): (row: number) => number {
  const bucket = (hash: number): number => (hash & 0x7fff_ffff) % count;
  if (column.layout === 'offsets' || column.layout === 'cells') {
    const slice = createCellSlice();
    return (row) => {
      const { bytes, start, end } = readCell(column, row, slice);
      return bucket(murmur3(bytes, start, end));
    };
  }
  const { values, width } = fixed(column, type);
  if (type.kind === 'uuid' || type.kind === 'fixed') return (row) => bucket(murmur3(values, row * width, (row + 1) * width));
  if (type.kind === 'decimal') {
    const digits = new Uint8Array(width);
    return (row) => {
      for (let at = 0; at < width; at++) digits[width - 1 - at] = values[row * width + at]!;
      return bucket(murmur3(digits, minimalStart(digits)));
    };
  }
  const view = viewOf(values);
  if (width === 4) {
    return (row) => {
      const value = view.getInt32(row * 4, true);
      return bucket(murmur3Int64(value, value >> 31));
    };
  }
  const nanos = type.kind === 'timestamp' && type.unit === 'nanos';
  return (row) => {
    const low = view.getUint32(row * 8, true);
    const high = view.getInt32(row * 8 + 4, true);
    const micros = nanos ? microsOfNanos(low, high) : { low, high };
    return bucket(murmur3Int64(micros.low, micros.high));
  };
}

/** Where the fewest bytes begin that hold the same value in two's complement, big endian. */
function minimalStart(bytes: Uint8Array): number {
  let start = 0;
  const sign = bytes[0]! & 0x80 ? 0xff : 0;
  while (start < bytes.length - 1 && bytes[start] === sign && (bytes[start + 1]! & 0x80) === (sign & 0x80)) start++;
  return start;
}

function datePartAt(transform: Transform, type: ColumnType, column: ColumnData): (row: number) => number {
  const view = viewOf(fixed(column, type).values);
  const unit = type.kind === 'timestamp' ? type.unit : 'micros';
  const secondsAt = (row: number): number => wholeSeconds(view.getUint32(row * 8, true), view.getInt32(row * 8 + 4, true), unit);
  const dayAt =
    type.kind === 'date' ? (row: number) => view.getInt32(row * 4, true) : (row: number) => Math.floor(secondsAt(row) / 86_400);
  switch (transform.kind) {
    case 'hour':
      return (row) => Math.floor(secondsAt(row) / 3_600);
    case 'month':
      return (row) => monthsOfDays(dayAt(row));
    case 'year':
      return (row) => Math.floor(monthsOfDays(dayAt(row)) / 12);
    default:
      return dayAt;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fixed(column: ColumnData, type: ColumnType): ColumnData & { layout: 'fixed' } {
  if (column.layout === 'fixed') return column;
  throw new CalveError('INTERNAL', `A ${typeText(type)} column cannot be partitioned in the layout "${column.layout}".`);
}
