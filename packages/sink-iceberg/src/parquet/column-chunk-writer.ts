import { crc32 } from 'node:zlib';
import { CalveError } from '@calve/core/plugin';
import { chunkStatistics } from './chunk-statistics.ts';
import type { ColumnValues, RepeatedValues } from './column-values.ts';
import { presentRows } from './column-values.ts';
import { definitionLevels } from './definition-levels.ts';
import { DictionaryBuilder } from './dictionary-builder.ts';
import { dictionaryIndexes, indexWidth } from './dictionary-indexes.ts';
import type { ExtremeRows } from './extreme-rows.ts';
import { extremeRows } from './extreme-rows.ts';
import type { ColumnChunk, PageCount } from './file-metadata.ts';
import { DATA_PAGE, DICTIONARY_PAGE, PLAIN, RLE, RLE_DICTIONARY } from './file-metadata.ts';
import { GrowingBytes } from './growing-bytes.ts';
import { dataPageHeader, dictionaryPageHeader } from './page-header.ts';
import type { Compress, PageSink } from './page-sink.ts';
import type { PhysicalType } from './physical-type.ts';
import { plainValues } from './plain-values.ts';

const PAGE_ROWS = 65_536;
const PAGE_BYTES = 1024 * 1024;
// Sizes in page headers are signed integers of 32 bits.
const LARGEST_PAGE = 0x7fff_ffff;

/** A column at the first level of a file's schema, without members. */
export interface LeafColumn {
  name: string;
  type: PhysicalType;
  /** Its bounds are cut between characters. */
  isText: boolean;
  /** False: null is allowed, and definition levels are written. */
  required: boolean;
}

/** A chunk that was written, and where its smallest and largest values stand. */
export interface WrittenChunk {
  chunk: ColumnChunk;
  extremes: ExtremeRows;
}

type RowValidity = Pick<ColumnValues, 'rows' | 'nulls' | 'valid'>;

/** The values of a chunk, and what is known of them. */
interface ChunkContent {
  values: ColumnValues;
  /** Row numbers that have a value; `null`: all rows have one. */
  present: Int32Array | null;
  /** Row numbers among `values` of the entries of the dictionary; `null`: there is none. */
  entries: Int32Array | null;
  extremes: ExtremeRows;
}

/**
 * Writes columns as chunks of data pages of version 1, straight from typed memory: no value becomes a JavaScript value. Pages are
 * handed over one by one; the memory for a page and for the dictionary is used again for every chunk. One call at a time.
 */
export class ColumnChunkWriter {
  readonly #body = new GrowingBytes(64 * 1024);
  readonly #header = new GrowingBytes(64);
  readonly #dictionary = new DictionaryBuilder();
  #present = new Int32Array(0);

  /**
   * Writes all rows of a column. `values` must not change before it resolves.
   *
   * @param values Without nulls when the column is required.
   * @throws {CalveError} `ICEBERG_ROWS_TOO_LARGE`: a single value of 2 GiB.
   */
  async write(sink: PageSink, column: LeafColumn, values: ColumnValues, compress: Compress): Promise<WrittenChunk> {
    const { type } = column;
    const present = this.#presentRows(values);
    const entries = this.#dictionary.build(type, values, present);
    let extremes = extremeRows(type.order, values, type.width, entries ?? present);
    // Entries say which values there are, but not how often.
    if (entries !== null && extremes.notNumbers > 0) extremes = extremeRows(type.order, values, type.width, present);
    return this.#writeChunk(sink, column, compress, values, { values, present, entries, extremes });
  }

  /**
   * Writes all rows of a column of which few values differ. `repeated` must not change before it resolves.
   *
   * @param repeated Texts or bytes, without nulls when the column is required.
   * @returns `extremes`: of the entries.
   */
  async writeRepeated(sink: PageSink, column: LeafColumn, repeated: RepeatedValues, compress: Compress): Promise<WrittenChunk> {
    const { type } = column;
    const values = repeated.entries;
    const present = this.#presentRows(repeated);
    const entries = this.#dictionary.adopt(repeated, present);
    const extremes = extremeRows(type.order, values, type.width, entries);
    return this.#writeChunk(sink, column, compress, repeated, { values, present, entries, extremes });
  }

  #presentRows(rows: RowValidity): Int32Array | null {
    if (rows.nulls > 0 && this.#present.length < rows.rows) this.#present = new Int32Array(rows.rows);
    return presentRows(rows, this.#present);
  }

  async #writeChunk(
    sink: PageSink,
    column: LeafColumn,
    compress: Compress,
    { rows, nulls, valid }: RowValidity,
    { values, present, entries, extremes }: ChunkContent,
  ): Promise<WrittenChunk> {
    const { type } = column;
    const offset = sink.offset;
    const pages: PageCount[] = [];
    let uncompressedBytes = 0;
    if (entries !== null) {
      plainValues(this.#body, type, values, entries, 0, entries.length);
      uncompressedBytes += this.#writePage(sink, compress, entries.length, null);
      pages.push({ page: DICTIONARY_PAGE, encoding: PLAIN, count: 1 });
    }
    const dataPageOffset = sink.offset;
    const encoding = entries === null ? PLAIN : RLE_DICTIONARY;
    const width = entries === null ? 0 : indexWidth(entries.length);
    let count = 0;
    let value = 0;
    for (let start = 0; start < rows; count++) {
      const end = entries === null ? plainPageEnd(type, values, start) : Math.min(rows, start + PAGE_ROWS);
      const valuesEnd = present === null ? end : firstAtLeast(present, value, end);
      if (!column.required) definitionLevels(this.#body, valid, start, end, valuesEnd - value);
      if (entries === null) plainValues(this.#body, type, values, present, value, valuesEnd);
      else dictionaryIndexes(this.#body, this.#dictionary.indexes, value, valuesEnd, width);
      uncompressedBytes += this.#writePage(sink, compress, end - start, encoding);
      start = end;
      value = valuesEnd;
      await sink.relieve();
    }
    pages.push({ page: DATA_PAGE, encoding, count });
    const chunk: ColumnChunk = {
      type: type.type,
      path: [column.name],
      encodings: [...new Set([...(column.required ? [] : [RLE]), PLAIN, encoding])],
      values: rows,
      uncompressedBytes,
      compressedBytes: sink.offset - offset,
      offset,
      dataPageOffset,
      hasDictionary: entries !== null,
      statistics: chunkStatistics(type, column.isText, values, nulls, extremes),
      pages,
    };
    return { chunk, extremes };
  }

  /** Writes the body that was collected. @param encoding Of a data page; `null`: a dictionary page. @returns Its bytes before compression. */
  #writePage(sink: PageSink, compress: Compress, values: number, encoding: number | null): number {
    const plain = this.#body.view();
    const stored = compress(plain);
    if (Math.max(plain.length, stored.length) > LARGEST_PAGE) throw tooLarge(plain.length);
    const body = { uncompressedBytes: plain.length, compressedBytes: stored.length, checksum: crc32(stored), values };
    const header = this.#header;
    header.clear();
    if (encoding === null) dictionaryPageHeader(header, body);
    else dataPageHeader(header, body, encoding);
    sink.append(header.view());
    sink.append(stored);
    this.#body.clear();
    return header.length + plain.length;
  }
}

/** Where a page of PLAIN values ends that begins at row `start`: after 65,536 rows or about 1 MiB, but not before one row. */
function plainPageEnd({ storedWidth }: PhysicalType, { rows, offsets }: ColumnValues, start: number): number {
  const most = Math.min(rows, start + PAGE_ROWS);
  if (offsets === null) return Math.min(most, start + Math.max(1, Math.floor(PAGE_BYTES / storedWidth)));
  const room = PAGE_BYTES + offsets[start]! + start * 4;
  if (offsets[most]! + most * 4 <= room) return most;
  let fits = start + 1;
  let exceeds = most;
  while (exceeds - fits > 1) {
    const middle = (fits + exceeds) >> 1;
    if (offsets[middle]! + middle * 4 <= room) fits = middle;
    else exceeds = middle;
  }
  return fits;
}

/** The first place from `from` on whose row is not before `row`. */
function firstAtLeast(rows: Int32Array, from: number, row: number): number {
  let low = from;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

function tooLarge(bytes: number): CalveError {
  return new CalveError('ICEBERG_ROWS_TOO_LARGE', 'A single value is too large for a page of a Parquet file.', {
    recovery: 'report',
    context: { bytes },
  });
}
