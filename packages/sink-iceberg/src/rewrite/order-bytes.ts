import type { ColumnData, ColumnType } from '@calve/core/plugin';
import { CalveError, createCellSlice, isValid, readCell, typeText } from '@calve/core/plugin';
import type { SingleValue } from '../spec/single-value.ts';
import { encodeSingleValue } from '../spec/single-value.ts';
import { storedDecimal } from '../spec/stored-value.ts';

/** Bytes that grow, written from the beginning for each row. */
export class OrderBuffer {
  bytes = new Uint8Array(256);
  length = 0;
  view = new DataView(this.bytes.buffer);

  /** Makes room for so many bytes more. */
  ensure(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** Appends the value of a row that has one. */
export type AppendValue = (column: ColumnData, row: number, to: OrderBuffer) => void;

/**
 * How values of a type are written so that bytes compare as the values do: integers, dates and times big endian with their sign turned round, text by
 * code points, floating point with -0 as 0 and NaN above all.
 *
 * @throws {CalveError} `SPEC_INVALID`: values of nested types are not compared.
 */
export function orderOf(type: ColumnType): AppendValue {
  switch (type.kind) {
    case 'string':
    case 'binary':
      return appendText();
    case 'boolean':
      return plain(1, (column, row, to) => {
        to.bytes[to.length] = column.layout === 'fixed' && (column.values[row >> 3]! & (1 << (row & 7))) !== 0 ? 1 : 0;
      });
    case 'int32':
    case 'date':
      return fixed(4, 4, signed);
    case 'int64':
    case 'time':
    case 'timestamp':
      return fixed(8, 8, signed);
    case 'decimal':
      return type.precision <= 18 ? fixed(8, 8, signed) : fixed(16, 16, signed);
    case 'float32':
      return plain(4, (column, row, to) => {
        appendFloat(viewOf(column).getFloat32(row * 4, true), 4, to);
      });
    case 'float64':
      return plain(8, (column, row, to) => {
        appendFloat(viewOf(column).getFloat64(row * 8, true), 8, to);
      });
    case 'uuid':
      return fixed(16, 16, unsigned);
    case 'fixed':
      return fixed(type.bytes, type.bytes, unsigned);
    default:
      throw new CalveError(
        'SPEC_INVALID',
        `Values of type ${typeText(type)} cannot be compared, so rows cannot be merged by them.`,
        {
          recovery: 'fix-input',
        },
      );
  }
}

/** The same bytes for a value that stands in a manifest as a bound. */
export function orderOfSingle(type: ColumnType, value: SingleValue): Uint8Array {
  const to = new OrderBuffer();
  const stored =
    type.kind === 'decimal' ? littleDecimal(value as bigint, type.precision <= 18 ? 8 : 16) : encodeSingleValue(type, value);
  if (type.kind === 'string' || type.kind === 'binary') return stored;
  const width = stored.length;
  const column: ColumnData =
    type.kind === 'boolean' ? { layout: 'fixed', width: 0, values: stored } : { layout: 'fixed', width, values: stored };
  orderOf(type)(column, 0, to);
  return to.bytes.slice(0, to.length);
}

/**
 * Appends the values of several columns so that the whole compares as the list does: a null is below everything, and no text runs into the next
 * column.
 */
export function appendOrder(columns: readonly ColumnData[], orders: readonly AppendValue[], row: number, to: OrderBuffer): void {
  for (let index = 0; index < columns.length; index++) {
    const column = columns[index]!;
    to.ensure(1);
    if (!isValid(column, row)) {
      to.bytes[to.length++] = 0;
      continue;
    }
    to.bytes[to.length++] = 1;
    const start = to.length;
    orders[index]!(column, row, to);
    if (index < columns.length - 1) escapeZeros(start, to);
  }
}

/** 00 becomes 00 FF, and 00 00 ends it. */
function escapeZeros(start: number, to: OrderBuffer): void {
  let zeros = 0;
  for (let at = start; at < to.length; at++) if (to.bytes[at] === 0) zeros += 1;
  to.ensure(zeros + 2);
  const end = to.length + zeros;
  for (let from = to.length - 1, at = end - 1; from >= start; from--) {
    const byte = to.bytes[from]!;
    if (byte === 0) to.bytes[at--] = 0xff;
    to.bytes[at--] = byte;
  }
  to.bytes[end] = 0;
  to.bytes[end + 1] = 0;
  to.length = end + 2;
}

function appendText(): AppendValue {
  const slice = createCellSlice();
  const append: AppendValue = (column, row, to) => {
    if (column.layout === 'dictionary') return append(column.values, column.indexes[row]!, to);
    if (column.layout !== 'offsets' && column.layout !== 'cells') throw misfit(column);
    const { bytes, start, end } = readCell(column, row, slice);
    to.ensure(end - start);
    to.bytes.set(bytes.subarray(start, end), to.length);
    to.length += end - start;
  };
  return append;
}

function plain(width: number, write: AppendValue): AppendValue {
  const append: AppendValue = (column, row, to) => {
    if (column.layout === 'dictionary') return append(column.values, column.indexes[row]!, to);
    to.ensure(width);
    write(column, row, to);
    to.length += width;
  };
  return append;
}

function fixed(
  width: number,
  bytes: number,
  write: (source: Uint8Array, at: number, to: OrderBuffer, width: number) => void,
): AppendValue {
  return plain(bytes, (column, row, to) => {
    if (column.layout !== 'fixed' || column.width !== width) throw misfit(column);
    write(column.values, row * width, to, width);
  });
}

function signed(source: Uint8Array, at: number, to: OrderBuffer, width: number): void {
  for (let byte = 0; byte < width; byte++) to.bytes[to.length + byte] = source[at + width - 1 - byte]!;
  to.bytes[to.length]! ^= 0x80;
}

function unsigned(source: Uint8Array, at: number, to: OrderBuffer, width: number): void {
  for (let byte = 0; byte < width; byte++) to.bytes[to.length + byte] = source[at + byte]!;
}

function appendFloat(value: number, width: 4 | 8, to: OrderBuffer): void {
  const { bytes, length, view } = to;
  if (Number.isNaN(value)) {
    bytes.fill(0xff, length, length + width);
    return;
  }
  const plainValue = value === 0 ? 0 : value;
  if (width === 4) view.setFloat32(length, plainValue);
  else view.setFloat64(length, plainValue);
  if (value < 0) for (let at = length; at < length + width; at++) bytes[at]! ^= 0xff;
  else bytes[length]! ^= 0x80;
}

function viewOf(column: ColumnData): DataView {
  if (column.layout !== 'fixed') throw misfit(column);
  const { values } = column;
  return new DataView(values.buffer, values.byteOffset, values.byteLength);
}

function littleDecimal(value: bigint, width: 8 | 16): Uint8Array {
  const bytes = new Uint8Array(width);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt.asIntN(64, value), true);
  if (width === 16) view.setBigInt64(8, value >> 64n, true);
  // What does not fit is beyond every value of the column, and would turn round.
  if (storedDecimal(view) === value) return bytes;
  bytes.fill(value < 0n ? 0 : 0xff);
  bytes[width - 1] = value < 0n ? 0x80 : 0x7f;
  return bytes;
}

function misfit({ layout }: ColumnData): CalveError {
  return new CalveError('INTERNAL', `A column is laid out as "${layout}", which does not fit its type.`);
}
