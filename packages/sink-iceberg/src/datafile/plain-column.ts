import type { ColumnData, ColumnType } from '@calve/core/plugin';
import { CalveError, widthOf } from '@calve/core/plugin';
import type { SchemaElement } from 'hyparquet';
import { fixedStore, isStoredAsIs, typeMisfit } from './stored-reader.ts';

/** Values that stand one behind the other in a page, as a column without nulls, and where the next one begins. */
export interface PlainColumn {
  values: ColumnData;
  end: number;
}

/** Takes the next so many values of a page. @throws {RangeError} The page has fewer. */
export type ReadPlainColumn = (bytes: Uint8Array, start: number, count: number) => PlainColumn;

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

function texts(bytes: Uint8Array, start: number, count: number): PlainColumn {
  const offsets = new Int32Array(count + 1);
  let at = start;
  let total = 0;
  for (let row = 0; row < count; row++) {
    if (at + 4 > bytes.length) throw new RangeError(TOO_FEW);
    const length = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    if (length < 0 || at + 4 + length > bytes.length) throw new RangeError(TOO_FEW);
    total += length;
    if (total > 0x7fff_ffff)
      throw new CalveError('ICEBERG_ROWS_TOO_LARGE', 'A page of a data file holds more than 2 GiB of text.', {
        recovery: 'fix-input',
      });
    offsets[row + 1] = total;
    at += 4 + length;
  }
  const packed = new Uint8Array(total);
  for (let row = 0, from = start; row < count; row++) {
    from += 4;
    const to = offsets[row]!;
    const length = offsets[row + 1]! - to;
    // A view costs more than the bytes of a short text.
    if (length > 48) packed.set(bytes.subarray(from, from + length), to);
    else for (let byte = 0; byte < length; byte++) packed[to + byte] = bytes[from + byte]!;
    from += length;
  }
  return { values: { layout: 'offsets', offsets, bytes: packed }, end: at };
}
