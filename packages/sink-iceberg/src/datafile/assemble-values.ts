import type { ColumnData, ColumnType } from '@calve/core/plugin';
import { CalveError, copyBytes, widthOf } from '@calve/core/plugin';

/** Rows that take their values from those that a file stores once, or that stand one behind the other. */
export interface ValuePiece {
  /** Without nulls; fixed, or by offsets. */
  values: ColumnData;
  /** Of each row its value, -1 for null. */
  places: Int32Array;
}

/** One column of the rows of all pieces, in memory of its own. @param type Of simple values. */
export function assembleValues(type: ColumnType, pieces: readonly ValuePiece[]): ColumnData {
  const rows = pieces.reduce((sum, { places }) => sum + places.length, 0);
  const width = widthOf(type);
  const column = width === null ? textOf(pieces, rows) : fixedOf(pieces, rows, width);
  return { ...column, ...validityOf(pieces, rows) };
}

function fixedOf(pieces: readonly ValuePiece[], rows: number, width: number): ColumnData {
  const all = new Uint8Array(width === 0 ? (rows + 7) >> 3 : rows * width);
  let row = 0;
  for (const { values, places } of pieces) {
    if (values.layout !== 'fixed') throw misfit(values);
    const source = values.values;
    for (const place of places) {
      if (place !== -1 && width === 0) all[row >> 3]! |= ((source[place >> 3]! >> (place & 7)) & 1) << (row & 7);
      else if (place !== -1)
        for (let to = row * width, from = place * width; to < (row + 1) * width; to++, from++) all[to] = source[from]!;
      row += 1;
    }
  }
  return { layout: 'fixed', width, values: all };
}

function textOf(pieces: readonly ValuePiece[], rows: number): ColumnData {
  const offsets = new Int32Array(rows + 1);
  let row = 0;
  let length = 0;
  for (const { values, places } of pieces) {
    if (values.layout !== 'offsets') throw misfit(values);
    for (const place of places) {
      if (place !== -1) length += values.offsets[place + 1]! - values.offsets[place]!;
      if (length > 0x7fff_ffff)
        throw new CalveError('ICEBERG_ROWS_TOO_LARGE', 'Rows of a data file hold more than 2 GiB in one column.', {
          recovery: 'fix-input',
        });
      offsets[++row] = length;
    }
  }
  const bytes = new Uint8Array(length);
  row = 0;
  for (const { values, places } of pieces) {
    if (values.layout !== 'offsets') throw misfit(values);
    for (const place of places) {
      if (place !== -1) copyBytes(values.bytes, values.offsets[place]!, values.offsets[place + 1]!, bytes, offsets[row]!);
      row += 1;
    }
  }
  return { layout: 'offsets', offsets, bytes };
}

function validityOf(pieces: readonly ValuePiece[], rows: number): { validity?: Uint8Array } {
  if (!pieces.some(({ places }) => places.includes(-1))) return {};
  const validity = new Uint8Array((rows + 7) >> 3);
  let row = 0;
  for (const { places } of pieces)
    for (const place of places) {
      if (place !== -1) validity[row >> 3]! |= 1 << (row & 7);
      row += 1;
    }
  return { validity };
}

function misfit({ layout }: ColumnData): CalveError {
  return new CalveError('INTERNAL', `Simple values of a data file are laid out as "${layout}".`);
}
