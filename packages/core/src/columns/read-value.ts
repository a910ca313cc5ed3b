import type { Json } from '../json/json.ts';
import { dateText, timestampText } from './calendar.ts';
import type { ColumnData, FixedColumn } from './column-data.ts';
import { isValid } from './column-data.ts';
import type { ColumnType } from './column-type.ts';
import { createCellSlice, readCell } from './read-cell.ts';

/**
 * One value of a column as plain JSON, for screens and tests. Slow: it makes objects and strings.
 *
 * int64 and time are digits; decimal digits with exactly `scale` after the point (`"12.50"`); int32 and floating point numbers, with
 * `"NaN"`, `"Infinity"` and `"-Infinity"` as text (JSON has no negative zero: `-0` is `0`); date `yyyy-MM-dd`; timestamp ISO with 6
 * or 9 fraction digits and `Z` when in UTC (years above 9999 with `+`); binary and fixed base64; uuid in its usual form; struct an
 * object, list an array, map an array of `{ key, value }`. Text that has no type yet is that text, whatever `type` says. `unknown`
 * is null.
 *
 * @param row 0-based.
 */
export function readValue(column: ColumnData, type: ColumnType, row: number): Json {
  if (!isValid(column, row) || type.kind === 'unknown') return null;
  switch (column.layout) {
    case 'dictionary':
      return readValue(column.values, type, column.indexes[row]!);
    case 'offsets':
    case 'cells': {
      const { bytes, start, end } = readCell(column, row, createCellSlice());
      const value = bytes.subarray(start, end);
      return type.kind === 'binary' || type.kind === 'fixed'
        ? base64(value)
        : new TextDecoder('utf-8', { ignoreBOM: true }).decode(value);
    }
    case 'struct': {
      const fields = type.kind === 'struct' ? type.fields : type.kind === 'map' ? [type.key, type.value] : [];
      const names = type.kind === 'map' ? ['key', 'value'] : fields.map((field) => field.name);
      return Object.fromEntries(
        fields.map((field, index) => [names[index], readValue(column.children[index]!, field.type, row)]),
      );
    }
    case 'list': {
      const member = type.kind === 'list' ? type.element.type : type;
      const values: Json[] = [];
      for (let at = column.offsets[row]!; at < column.offsets[row + 1]!; at++) values.push(readValue(column.element, member, at));
      return values;
    }
    case 'fixed':
      return readFixed(column, type, row);
  }
}

function readFixed({ width, values }: FixedColumn, type: ColumnType, row: number): Json {
  if (width === 0) return (values[row >> 3]! & (1 << (row & 7))) !== 0;
  const bytes = values.subarray(row * width, (row + 1) * width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, width);
  switch (type.kind) {
    case 'int32':
      return view.getInt32(0, true);
    case 'float32':
      return numberOrText(view.getFloat32(0, true));
    case 'float64':
      return numberOrText(view.getFloat64(0, true));
    case 'date':
      return dateText(view.getInt32(0, true));
    case 'int64':
    case 'time':
      return view.getBigInt64(0, true).toString();
    case 'timestamp':
      return timestampText(view.getBigInt64(0, true), type.unit, type.zone);
    case 'decimal':
      return decimalText(unscaled(view), type.scale);
    case 'uuid':
      return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    default:
      return base64(bytes);
  }
}

function numberOrText(value: number): number | string {
  return Number.isFinite(value) ? value + 0 : String(value);
}

function unscaled(view: DataView): bigint {
  const low = view.byteLength === 16 ? view.getBigUint64(0, true) : view.getBigInt64(0, true);
  return view.byteLength === 16 ? (view.getBigInt64(8, true) << 64n) + low : low;
}

/** An unscaled value as text with `scale` digits after the point. */
function decimalText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const sign = value < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
