import { crc32 } from 'node:zlib';
import { CalveError } from '@calve/core/plugin';
import { chunkStatistics } from './chunk-statistics.ts';
import type { ColumnValues, RepeatedValues } from './column-values.ts';
import { definitionLevels } from './definition-levels.ts';
import { countPresent, DenseValues, presentRow } from './dense-values.ts';
import { DictionaryBuilder } from './dictionary-builder.ts';
import { dictionaryIndexes, indexWidth } from './dictionary-indexes.ts';
import type { ExtremeRows } from './extreme-rows.ts';
import { extremeRows } from './extreme-rows.ts';
import type { ChunkStatistics, ColumnChunk, PageCount } from './file-metadata.ts';
import { DATA_PAGE, DICTIONARY_PAGE, PLAIN, RLE, RLE_DICTIONARY } from './file-metadata.ts';
import { GrowingBytes } from './growing-bytes.ts';
import type { LeafLevels } from './leaf-levels.ts';
import { nestedLevels } from './nested-levels.ts';
import type { PageEnd } from './nested-page-end.ts';
import { nestedPageEnd } from './nested-page-end.ts';
import { PageBytes } from './page-bytes.ts';
import { dataPageHeader, dictionaryPageHeader } from './page-header.ts';
import type { Compress, PageContent, PageSink } from './page-sink.ts';
import type { PhysicalType } from './physical-type.ts';
import { plainValues } from './plain-values.ts';

const PAGE_ROWS = 65_536;
const PAGE_BYTES = 1024 * 1024;
// Sizes in page headers are signed integers of 32 bits.
const LARGEST_PAGE = 0x7fff_ffff;

/** A column without members: at the first level of a file's schema, or a leaf of a nested one. */
export interface LeafColumn {
  /** Names from the first level to the leaf. */
  path: readonly string[];
  type: PhysicalType;
  /** Its bounds are cut between characters. */
  isText: boolean;
  /** False: null is allowed, and definition levels are written. Counts at the first level only; below it the levels say so. */
  required: boolean;
}

/** A chunk that was written, and where its smallest and largest values stand. */
export interface WrittenChunk {
  chunk: ColumnChunk;
  extremes: ExtremeRows;
}

/** The rows of a chunk. `offsets` are those of texts that come without a dictionary. */
type ChunkRows = Pick<ColumnValues, 'rows' | 'nulls' | 'valid' | 'offsets'>;

/** The values of a chunk, and what is known of them. */
interface ChunkContent {
  /** Those that are stored, one after the other, or the entries of a dictionary among others. */
  values: ColumnValues;
  dictionary: ChunkDictionary | null;
  /** Rows of `values`. */
  extremes: ExtremeRows;
  /** `null`: of a column at the first level. */
  levels: LeafLevels | null;
}

interface ChunkDictionary {
  /** Row numbers of the entries among the values of the chunk; `null`: all values are entries. */
  rows: Int32Array | null;
  entries: number;
  /** Per value that is present, the number of its entry. */
  indexes: Uint16Array;
}

/**
 * Writes columns as chunks of data pages of version 1, straight from typed memory: no value becomes a JavaScript value. Pages are
 * handed over one by one; the memory for a page and for the dictionary is used again for every chunk, until `release`. One call at a time.
 */
export class ColumnChunkWriter {
  readonly #body = new PageBytes(64 * 1024);
  readonly #header = new GrowingBytes(64);
  readonly #dictionary = new DictionaryBuilder();
  readonly #dense = new DenseValues();

  /**
   * Writes all rows of a column. `values` must not change before it resolves.
   *
   * @param values Without nulls when the column is required. Of a leaf inside lists: one row per member.
   * @param levels Of a leaf inside structs, lists or maps; as many slots have a value as rows of `values` do.
   * @throws {CalveError} `ICEBERG_ROWS_TOO_LARGE`: a single value of 2 GiB, or a row of a nested column.
   */
  async write(
    sink: PageSink,
    column: LeafColumn,
    values: ColumnValues,
    compress: Compress,
    levels: LeafLevels | null = null,
  ): Promise<WrittenChunk> {
    const { type } = column;
    const dense = this.#dense.of(values, type.width);
    const built = this.#dictionary.build(type, dense);
    let extremes = extremeRows(type.order, dense, type.width, built?.entries ?? null);
    // Entries say which values there are, but not how often.
    if (built !== null && extremes.notNumbers > 0) extremes = extremeRows(type.order, dense, type.width, null);
    const dictionary = built && { rows: built.entries, entries: built.entries.length, indexes: built.indexes };
    const chunk = await this.#writeChunk(sink, column, compress, values, { values: dense, dictionary, extremes, levels });
    const { lowest, highest, notNumbers } = extremes;
    return { chunk, extremes: { lowest: presentRow(values, lowest), highest: presentRow(values, highest), notNumbers } };
  }

  /**
   * Writes all rows of a column of which few values differ. `repeated` must not change before it resolves.
   *
   * @param repeated Texts or bytes, without nulls when the column is required.
   * @returns `extremes`: of the entries.
   */
  async writeRepeated(sink: PageSink, column: LeafColumn, repeated: RepeatedValues, compress: Compress): Promise<WrittenChunk> {
    const { type } = column;
    const { rows, nulls, valid, entries: values } = repeated;
    const dictionary = { rows: null, entries: values.rows, indexes: this.#dense.indexesOf(repeated) };
    const extremes = extremeRows(type.order, values, type.width, null);
    const source = { rows, nulls, valid, offsets: null };
    const chunk = await this.#writeChunk(sink, column, compress, source, { values, dictionary, extremes, levels: null });
    return { chunk, extremes };
  }

  /** Gives the memory back, also after an error. More can be written afterwards. */
  release(): void {
    this.#body.release();
    this.#dictionary.release();
    this.#dense.release();
  }

  async #writeChunk(
    sink: PageSink,
    column: LeafColumn,
    compress: Compress,
    source: ChunkRows,
    { values, dictionary, extremes, levels }: ChunkContent,
  ): Promise<ColumnChunk> {
    const { rows, nulls, valid } = source;
    const { type } = column;
    const slots = levels?.slots ?? rows;
    const hasLevels = levels === null ? !column.required : levels.highestDefinition > 0;
    const statistics = chunkStatistics(type, column.isText, values, nulls + slots - rows, extremes);
    const offset = sink.offset;
    const pages: PageCount[] = [];
    let uncompressedBytes = 0;
    if (dictionary !== null) {
      plainValues(this.#body, type, values, dictionary.rows, 0, dictionary.entries);
      uncompressedBytes += this.#writePage(sink, compress(this.#body.view(), 'entries'), dictionary.entries, null);
      pages.push({ page: DICTIONARY_PAGE, encoding: PLAIN, count: 1 });
    }
    const dataPageOffset = sink.offset;
    const encoding = dictionary === null ? PLAIN : RLE_DICTIONARY;
    const content = dictionary === null ? plainContent(type, statistics) : 'indexes';
    const width = dictionary === null ? 0 : indexWidth(dictionary.entries);
    const limits = { slots: PAGE_ROWS, bytes: dictionary === null ? PAGE_BYTES : Number.POSITIVE_INFINITY };
    let count = 0;
    for (let from: PageEnd = { slot: 0, value: 0 }; from.slot < slots; count++) {
      const end =
        levels !== null && levels.highestRepetition > 0
          ? nestedPageEnd(levels, values, type.storedWidth, from, limits)
          : flatPageEnd(type, source, from, dictionary !== null);
      if (levels !== null) nestedLevels(this.#body, levels, from.slot, end.slot);
      else if (!column.required) definitionLevels(this.#body, valid, from.slot, end.slot, end.value - from.value);
      if (dictionary === null) plainValues(this.#body, type, values, null, from.value, end.value);
      else dictionaryIndexes(this.#body, dictionary.indexes, from.value, end.value, width);
      const stored = compress(this.#body.view(), content, count === 0);
      uncompressedBytes += this.#writePage(sink, stored, end.slot - from.slot, encoding);
      from = end;
      await sink.relieve();
    }
    pages.push({ page: DATA_PAGE, encoding, count });
    return {
      type: type.type,
      path: column.path,
      encodings: [...new Set([...(hasLevels ? [RLE] : []), PLAIN, encoding])],
      values: slots,
      uncompressedBytes,
      compressedBytes: sink.offset - offset,
      offset,
      dataPageOffset,
      hasDictionary: dictionary !== null,
      statistics,
      pages,
    };
  }

  /**
   * Writes the body that was collected, as it is `stored`, and forgets it.
   *
   * @param encoding Of a data page; `null`: a dictionary page.
   * @returns Its bytes before compression.
   */
  #writePage(sink: PageSink, stored: Uint8Array, values: number, encoding: number | null): number {
    const plain = this.#body;
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

/** What pages of PLAIN values hold. */
function plainContent({ type }: PhysicalType, { min, max }: ChunkStatistics): PageContent {
  switch (type) {
    case 'FLOAT':
    case 'DOUBLE':
      return 'floating';
    case 'INT32':
      return 'integers';
    case 'INT64':
      return isSmall(min) && isSmall(max) ? 'small-integers' : 'integers';
    case 'BYTE_ARRAY':
      return 'texts';
    default:
      return 'others';
  }
}

/** True for a bound that is not negative and takes three bytes at most. */
function isSmall(bound: Uint8Array | undefined): boolean {
  return bound?.subarray(3).every((byte) => byte === 0) ?? false;
}

/** Where a page ends of a column of which every row is one slot. */
function flatPageEnd(type: PhysicalType, source: ChunkRows, { slot, value }: PageEnd, hasDictionary: boolean): PageEnd {
  const { rows, nulls, valid } = source;
  const end = hasDictionary ? Math.min(rows, slot + PAGE_ROWS) : plainPageEnd(type, source, slot);
  return { slot: end, value: nulls === 0 ? end : value + countPresent(valid, slot, end) };
}

/** Where a page of PLAIN values ends that begins at row `start`: after 65,536 rows or about 1 MiB, but not before one row. */
function plainPageEnd({ storedWidth }: PhysicalType, { rows, offsets }: ChunkRows, start: number): number {
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

function tooLarge(bytes: number): CalveError {
  return new CalveError('ICEBERG_ROWS_TOO_LARGE', 'A single value is too large for a page of a Parquet file.', {
    recovery: 'report',
    context: { bytes },
  });
}
