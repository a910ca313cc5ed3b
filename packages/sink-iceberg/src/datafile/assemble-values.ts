import type { ColumnData, ColumnType, FixedColumn, OffsetsColumn } from '@calve/core/plugin';
import { CalveError, copyBytes, widthOf } from '@calve/core/plugin';
import type { RowMemory } from './row-memory.ts';
import { takeBits, takeInt32 } from './row-memory.ts';

/** Rows that take their values from those that a file stores once, or that stand one behind the other. */
export interface ValuePiece {
  /** Without nulls; fixed, or by offsets. */
  values: ColumnData;
  rows: number;
  /** Of each row its value, -1 for null; null: the rows have the values in their order, from the first on. */
  places: Int32Array | null;
}

/** One column of the rows of all pieces. @param type Of simple values. @param memory Where they go. */
export function assembleValues(type: ColumnType, pieces: readonly ValuePiece[], memory: RowMemory): ColumnData {
  let rows = 0;
  for (const piece of pieces) rows += piece.rows;
  const width = widthOf(type);
  const column = width === null ? textOf(pieces, rows, memory) : fixedOf(pieces, rows, width, memory);
  return { ...column, ...validityOf(pieces, rows, memory) };
}

function fixedOf(pieces: readonly ValuePiece[], rows: number, width: number, memory: RowMemory): FixedColumn {
  const all = width === 0 ? takeBits(memory, rows) : memory.take(rows * width);
  let row = 0;
  for (const piece of pieces) {
    const { values, places } = piece;
    if (values.layout !== 'fixed') throw misfit(values);
    const source = values.values;
    if (width === 0) copyBits(source, piece, all, row);
    else if (places === null) all.set(source.subarray(0, piece.rows * width), row * width);
    else if (width % 4 === 0) copyWords(source, places, width / 4, all, row);
    else copyEach(source, places, width, all, row);
    row += piece.rows;
  }
  return { layout: 'fixed', width, values: all };
}

function copyBits(source: Uint8Array, { places, rows }: ValuePiece, all: Uint8Array, first: number): void {
  for (let at = 0; at < rows; at++) {
    const place = places === null ? at : places[at]!;
    const row = first + at;
    if (place !== -1) all[row >> 3]! |= ((source[place >> 3]! >> (place & 7)) & 1) << (row & 7);
  }
}

/** Values of four, eight or sixteen bytes, in steps of four. */
function copyWords(source: Uint8Array, places: Int32Array, words: number, all: Uint8Array, first: number): void {
  // Not `slice`: that of a Buffer is no copy.
  const aligned = source.byteOffset % 4 === 0 ? source : new Uint8Array(source);
  const from = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
  const to = new Int32Array(all.buffer, all.byteOffset + first * words * 4, places.length * words);
  if (words === 1) {
    for (let at = 0; at < places.length; at++) if (places[at]! >= 0) to[at] = from[places[at]!]!;
  } else if (words === 2) {
    for (let at = 0; at < places.length; at++) {
      const place = places[at]!;
      if (place < 0) continue;
      to[at * 2] = from[place * 2]!;
      to[at * 2 + 1] = from[place * 2 + 1]!;
    }
  } else {
    for (let at = 0; at < places.length; at++) {
      const place = places[at]!;
      if (place < 0) continue;
      for (let word = 0; word < words; word++) to[at * words + word] = from[place * words + word]!;
    }
  }
}

function copyEach(source: Uint8Array, places: Int32Array, width: number, all: Uint8Array, first: number): void {
  for (let at = 0; at < places.length; at++) {
    const place = places[at]!;
    if (place === -1) continue;
    const target = (first + at) * width;
    for (let byte = 0; byte < width; byte++) all[target + byte] = source[place * width + byte]!;
  }
}

function textOf(pieces: readonly ValuePiece[], rows: number, memory: RowMemory): OffsetsColumn {
  const offsets = takeInt32(memory, rows + 1);
  offsets[0] = 0;
  let row = 0;
  let length = 0;
  for (const piece of pieces) {
    const { offsets: own } = textsOf(piece);
    const { places } = piece;
    length = places === null ? continued(own, piece.rows, offsets, row, length) : chosen(own, places, offsets, row, length);
    row += piece.rows;
  }
  const bytes = memory.take(length);
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

/** Offsets of values that all follow each other. @returns Where the last one ends. */
function continued(own: Int32Array, rows: number, offsets: Int32Array, first: number, length: number): number {
  const shift = length - own[0]!;
  assertAddressable(own[rows]! + shift);
  for (let at = 1; at <= rows; at++) offsets[first + at] = own[at]! + shift;
  return own[rows]! + shift;
}

function chosen(own: Int32Array, places: Int32Array, offsets: Int32Array, first: number, start: number): number {
  let length = start;
  for (let at = 0; at < places.length; at++) {
    const place = places[at]!;
    if (place !== -1) length += own[place + 1]! - own[place]!;
    assertAddressable(length);
    offsets[first + at + 1] = length;
  }
  return length;
}

function assertAddressable(length: number): void {
  if (length <= 0x7fff_ffff) return;
  throw new CalveError('ICEBERG_ROWS_TOO_LARGE', 'Rows of a data file hold more than 2 GiB in one column.', {
    recovery: 'fix-input',
  });
}

function textsOf({ values }: ValuePiece): OffsetsColumn {
  if (values.layout !== 'offsets') throw misfit(values);
  return values;
}

function validityOf(pieces: readonly ValuePiece[], rows: number, memory: RowMemory): { validity?: Uint8Array } {
  if (!pieces.some(({ places }) => places?.includes(-1))) return {};
  const validity = takeBits(memory, rows);
  let row = 0;
  for (const { places, rows: own } of pieces) {
    for (let at = 0; at < own; at++, row++) if (places === null || places[at] !== -1) validity[row >> 3]! |= 1 << (row & 7);
  }
  return { validity };
}

function misfit({ layout }: ColumnData): CalveError {
  return new CalveError('INTERNAL', `Simple values of a data file are laid out as "${layout}".`);
}
