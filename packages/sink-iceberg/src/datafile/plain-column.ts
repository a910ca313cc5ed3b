import type { ColumnData, ColumnType } from '@calve/core/plugin';
import { copyBytes, offsetInArena, widthOf } from '@calve/core/plugin';
import type { SchemaElement } from 'hyparquet';
import { encoderKernels } from '../parquet/encoder-kernels.ts';
import type { RowMemory } from './row-memory.ts';
import { takeInt32 } from './row-memory.ts';
import { fixedStore, isStoredAsIs, typeMisfit } from './stored-reader.ts';

/** Values that stand one behind the other in a page, as a column without nulls, and where the next one begins. */
export interface PlainColumn {
  values: ColumnData;
  end: number;
}

/**
 * Takes the next so many values of a page.
 *
 * @param memory For values that are not read where they are.
 * @throws {RangeError} The page has fewer.
 */
export type ReadPlainColumn = (bytes: Uint8Array, start: number, count: number, memory: RowMemory) => PlainColumn;

/** Other engines make pages of many times this, of which a few rows are asked for again and again. */
const WORTH_COUNTING = 2 * 1024 * 1024;
const TOO_FEW = 'a page has fewer values than it says';

/**
 * Reads values in the encoding PLAIN as bytes, none of them as an object: those of fixed width that a file stores as the column does are copied in one
 * piece, narrower integers are widened, texts lose their lengths.
 *
 * @param element Of the column in the file, with its annotations.
 * @returns `null`: its values have to be converted one by one (booleans, decimals as bytes, other units of time).
 * @throws {CalveError} `ICEBERG_DATA_FILE_TYPE`: the stored type is not one that Iceberg allows for the column.
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/#PLAIN
 */
export function plainColumnReader(type: ColumnType, element: SchemaElement): ReadPlainColumn | null {
  if (type.kind === 'string' || type.kind === 'binary') {
    if (element.type === 'BYTE_ARRAY') return texts;
    if (type.kind === 'binary' && element.type === 'FIXED_LEN_BYTE_ARRAY') return null;
    throw typeMisfit(type, element);
  }
  const width = widthOf(type);
  if (width === null || width === 0) return null;
  fixedStore(type, element);
  if (isStoredAsIs(type, element)) return (bytes, start, count) => fixed(bytes, start, count, width);
  const isWidened = element.type === 'INT32' && (type.kind === 'int64' || (type.kind === 'decimal' && width === 8));
  return isWidened ? widened : null;
}

function fixed(bytes: Uint8Array, start: number, count: number, width: number): PlainColumn {
  const end = start + count * width;
  if (end > bytes.length) throw new RangeError(TOO_FEW);
  return { values: { layout: 'fixed', width, values: bytes.subarray(start, end) }, end };
}

function widened(bytes: Uint8Array, start: number, count: number): PlainColumn {
  const end = start + count * 4;
  if (end > bytes.length) throw new RangeError(TOO_FEW);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * 4);
  const wide = new Int32Array(count * 2);
  for (let at = 0; at < count; at++) {
    const value = view.getInt32(at * 4, true);
    wide[at * 2] = value;
    wide[at * 2 + 1] = value >> 31;
  }
  return { values: { layout: 'fixed', width: 8, values: new Uint8Array(wide.buffer) }, end };
}

function texts(bytes: Uint8Array, start: number, count: number, memory: RowMemory): PlainColumn {
  const left = bytes.length - start - count * 4;
  if (left < 0) throw new RangeError(TOO_FEW);
  const room = left <= WORTH_COUNTING ? left : bytesOf(bytes, start, count);
  const offsets = takeInt32(memory, count + 1);
  const packed = memory.take(room);
  const end = compiledTexts(bytes, start, count, offsets, packed) ?? plainTexts(bytes, start, count, offsets, packed);
  return { values: { layout: 'offsets', offsets, bytes: packed.subarray(0, offsets[count]) }, end };
}

/** What so many texts hold together. */
function bytesOf(bytes: Uint8Array, start: number, count: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  for (let row = 0; row < count; row++) {
    if (at + 4 > bytes.length) throw new RangeError(TOO_FEW);
    at += 4 + view.getUint32(at, true);
    if (at > bytes.length) throw new RangeError(TOO_FEW);
  }
  return at - start - count * 4;
}

/** @returns null: not everything lies in the arena. */
function compiledTexts(bytes: Uint8Array, start: number, count: number, offsets: Int32Array, packed: Uint8Array): number | null {
  const compiled = encoderKernels.current;
  const source = offsetInArena(bytes);
  const [first, target] = [offsetInArena(offsets), offsetInArena(packed)];
  if (compiled === null || source < 0 || first < 0 || target < 0) return null;
  const end = compiled.splitTexts(source + start, source + bytes.length, count, first, target);
  if (end === 0) throw new RangeError(TOO_FEW);
  return end - source;
}

/** Its twin is packages/sink-iceberg/assembly/split-texts.ts. */
function plainTexts(bytes: Uint8Array, start: number, count: number, offsets: Int32Array, packed: Uint8Array): number {
  let from = start;
  let to = 0;
  offsets[0] = 0;
  for (let row = 1; row <= count; row++) {
    if (from + 4 > bytes.length) throw new RangeError(TOO_FEW);
    const length = bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16) | (bytes[from + 3]! << 24);
    from += 4;
    if (length < 0 || from + length > bytes.length) throw new RangeError(TOO_FEW);
    copyBytes(bytes, from, from + length, packed, to);
    from += length;
    to += length;
    offsets[row] = to;
  }
  return from;
}
