import type { ColumnData, ColumnType, FixedColumn, OffsetsColumn } from '@calve/core/plugin';
import { CalveError, copyBytes, widthOf } from '@calve/core/plugin';

/** Rows that take their values from those that a file stores once, or that stand one behind the other. */
export interface ValuePiece {
  /** Without nulls; fixed, or by offsets. */
  values: ColumnData;
  rows: number;
  /** Of each row its value, -1 for null; null: the rows have the values in their order, from the first on. */
  places: Int32Array | null;
}

/** One column of the rows of all pieces, in memory of its own. @param type Of simple values. */
export function assembleValues(type: ColumnType, pieces: readonly ValuePiece[]): ColumnData {
  let rows = 0;
  for (const piece of pieces) rows += piece.rows;
  const width = widthOf(type);
  const column = width === null ? textOf(pieces, rows) : fixedOf(pieces, rows, width);
  return { ...column, ...validityOf(pieces, rows) };
}

function fixedOf(pieces: readonly ValuePiece[], rows: number, width: number): FixedColumn {
  const all = new Uint8Array(width === 0 ? (rows + 7) >> 3 : rows * width);
  let row = 0;
  for (const piece of pieces) {
    const { values, places } = piece;
    if (values.layout !== 'fixed') throw misfit(values);
    const source = values.values;
    if (width === 0) takeBits(source, piece, all, row);
    else if (places === null) all.set(source.subarray(0, piece.rows * width), row * width);
    else if (width % 4 === 0) takeWords(source, places, width / 4, all, row);
    else takeBytes(source, places, width, all, row);
    row += piece.rows;
  }
  return { layout: 'fixed', width, values: all };
}

function takeBits(source: Uint8Array, { places, rows }: ValuePiece, all: Uint8Array, first: number): void {
  for (let at = 0; at < rows; at++) {
    const place = places === null ? at : places[at]!;
    const row = first + at;
    if (place !== -1) all[row >> 3]! |= ((source[place >> 3]! >> (place & 7)) & 1) << (row & 7);
  }
}

/** Values of four, eight or sixteen bytes, in steps of four. */
function takeWords(source: Uint8Array, places: Int32Array, words: number, all: Uint8Array, first: number): void {
  // Not `slice`: that of a Buffer is no copy.
  const aligned = source.byteOffset % 4 === 0 ? source : new Uint8Array(source);
  const from = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
  const to = new Int32Array(all.buffer, all.byteOffset, all.length >> 2);
  for (let at = 0; at < places.length; at++) {
    const place = places[at]!;
    if (place === -1) continue;
    const target = (first + at) * words;
    for (let word = 0; word < words; word++) to[target + word] = from[place * words + word]!;
  }
}

function takeBytes(source: Uint8Array, places: Int32Array, width: number, all: Uint8Array, first: number): void {
  for (let at = 0; at < places.length; at++) {
    const place = places[at]!;
    if (place === -1) continue;
    const target = (first + at) * width;
    for (let byte = 0; byte < width; byte++) all[target + byte] = source[place * width + byte]!;
  }
}

function textOf(pieces: readonly ValuePiece[], rows: number): OffsetsColumn {
  const offsets = new Int32Array(rows + 1);
  let row = 0;
  let length = 0;
  for (const piece of pieces) {
    const { offsets: own } = textsOf(piece);
    for (let at = 0; at < piece.rows; at++) {
      const place = piece.places === null ? at : piece.places[at]!;
      if (place !== -1) length += own[place + 1]! - own[place]!;
      if (length > 0x7fff_ffff)
        throw new CalveError('ICEBERG_ROWS_TOO_LARGE', 'Rows of a data file hold more than 2 GiB in one column.', {
          recovery: 'fix-input',
        });
      offsets[++row] = length;
    }
  }
  const bytes = new Uint8Array(length);
  row = 0;
  for (const piece of pieces) {
    const { offsets: own, bytes: source } = textsOf(piece);
    const { places } = piece;
    if (places === null) bytes.set(source.subarray(own[0]!, own[piece.rows]!), offsets[row]!);
    else
      for (let at = 0; at < places.length; at++) {
        const place = places[at]!;
        if (place !== -1) copyBytes(source, own[place]!, own[place + 1]!, bytes, offsets[row + at]!);
      }
    row += piece.rows;
  }
  return { layout: 'offsets', offsets, bytes };
}

function textsOf({ values }: ValuePiece): OffsetsColumn {
  if (values.layout !== 'offsets') throw misfit(values);
  return values;
}

function validityOf(pieces: readonly ValuePiece[], rows: number): { validity?: Uint8Array } {
  if (!pieces.some(({ places }) => places?.includes(-1))) return {};
  const validity = new Uint8Array((rows + 7) >> 3);
  let row = 0;
  for (const { places, rows: own } of pieces) {
    for (let at = 0; at < own; at++, row++) if (places === null || places[at] !== -1) validity[row >> 3]! |= 1 << (row & 7);
  }
  return { validity };
}

function misfit({ layout }: ColumnData): CalveError {
  return new CalveError('INTERNAL', `Simple values of a data file are laid out as "${layout}".`);
}
