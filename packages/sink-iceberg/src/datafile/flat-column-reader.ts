import type { ColumnData } from '@calve/core/plugin';
import type { ColumnMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { readPlain } from 'hyparquet/src/plain.js';
import type { ValuePiece } from './assemble-values.ts';
import { assembleValues } from './assemble-values.ts';
import { decompressors } from './decompression.ts';
import { fromParquetColumn } from './from-parquet-column.ts';
import type { PageLocation } from './page-locations.ts';
import { pageLocations } from './page-locations.ts';
import { plainColumnReader } from './plain-column.ts';
import { RunDecoder } from './run-decoder.ts';
import type { StoredColumnPlace } from './stored-column-reader.ts';

/** A page that is read: its values are taken as rows are asked for. */
interface OpenPage {
  rowsLeft: number;
  /** null: no row of it is null. */
  levels: RunDecoder | null;
  /** The next so many values, none of them null. */
  take(count: number): ValuePiece;
}

const ENCODINGS = new Set(['PLAIN', 'PLAIN_DICTIONARY', 'RLE_DICTIONARY', 'RLE', 'BIT_PACKED']);

/** Whether a `FlatColumnReader` can read a column: a simple one of the first level, in the encodings that nearly all writers use. */
export function isFlat({ column, rowGroup }: StoredColumnPlace): boolean {
  const chunk = rowGroup.columns[column.firstChunk]?.meta_data;
  const { type, repetition_type } = column.element;
  return (
    column.children.length === 0 &&
    repetition_type !== 'REPEATED' &&
    type !== undefined &&
    type !== 'INT96' &&
    chunk?.encodings.every((encoding) => ENCODINGS.has(encoding)) === true
  );
}

/**
 * Reads a simple column of one row group from front to back, some rows at a time. It holds one page and the dictionary, decompressed: pages of other
 * engines hold a million rows where values repeat, and as objects these would take a hundred times as much.
 */
export class FlatColumnReader {
  readonly #place: StoredColumnPlace;
  readonly #chunk: ColumnMetaData;
  readonly #isOptional: boolean;
  #pages: PageLocation[] | null = null;
  #nextPage = 0;
  #page: OpenPage | null = null;
  #dictionary: { values: ColumnData; count: number } | null = null;

  constructor(place: StoredColumnPlace) {
    this.#place = place;
    this.#chunk = place.rowGroup.columns[place.column.firstChunk]!.meta_data!;
    this.#isOptional = place.column.element.repetition_type === 'OPTIONAL';
  }

  /**
   * @param from Row of the row group: 0, and then the end of the last call.
   * @throws {CalveError} As `fromParquetColumn`. Others: the file is damaged.
   */
  async read(from: number, until: number): Promise<ColumnData> {
    const pieces: ValuePiece[] = [];
    for (let row = from; row < until; ) {
      if (this.#page === null || this.#page.rowsLeft === 0) this.#page = await this.#openPage();
      const count = Math.min(until - row, this.#page.rowsLeft);
      if (count > 0) pieces.push(takeRows(this.#page, count));
      row += count;
    }
    return assembleValues(this.#place.field.type, pieces);
  }

  async #openPage(): Promise<OpenPage> {
    const { file, rowGroup } = this.#place;
    if (this.#pages === null) {
      this.#pages = (await pageLocations(file, this.#chunk, Number(rowGroup.num_rows), false)) ?? [];
      await this.#openDictionary(Number(this.#pages[0]?.offset ?? 0));
    }
    const location = this.#pages[this.#nextPage++];
    if (location === undefined) throw new RangeError('a column has fewer rows than its row group');
    const start = Number(location.offset);
    const { header, body } = await this.#pageAt(start, start + location.compressed_page_size);
    const { codec } = this.#chunk;
    const { data_page_header: first, data_page_header_v2: second } = header;
    if (second) {
      const skipped = second.repetition_levels_byte_length + second.definition_levels_byte_length;
      const packed = body.subarray(skipped);
      const size = header.uncompressed_page_size - skipped;
      const bytes = second.is_compressed === false ? packed : decompressPage(packed, size, codec, decompressors);
      const levels = this.#isOptional ? new RunDecoder(body, second.repetition_levels_byte_length, 1) : null;
      return { rowsLeft: second.num_rows, levels, take: this.#values(bytes, 0, second.encoding) };
    }
    if (!first) throw new TypeError('a page is no data page');
    const bytes = decompressPage(body, header.uncompressed_page_size, codec, decompressors);
    const length = this.#isOptional ? 4 + viewOf(bytes).getUint32(0, true) : 0;
    const levels = this.#isOptional ? new RunDecoder(bytes, 4, 1) : null;
    return { rowsLeft: first.num_values, levels, take: this.#values(bytes, length, first.encoding) };
  }

  async #openDictionary(end: number): Promise<void> {
    const start = Number(this.#chunk.dictionary_page_offset || this.#chunk.data_page_offset);
    if (start >= end) return;
    const { header, body } = await this.#pageAt(start, end);
    const count = header.dictionary_page_header?.num_values;
    if (count === undefined) return;
    const bytes = decompressPage(body, header.uncompressed_page_size, this.#chunk.codec, decompressors);
    this.#dictionary = { values: this.#plain(bytes)(count).values, count };
  }

  async #pageAt(start: number, end: number): Promise<{ header: ReturnType<typeof parquetHeader>; body: Uint8Array }> {
    const { file } = this.#place;
    const bytes = new Uint8Array(await file.slice(start, end));
    const reader = { view: viewOf(bytes), offset: 0 };
    const header = parquetHeader(reader);
    return { header, body: bytes.subarray(reader.offset, reader.offset + header.compressed_page_size) };
  }

  #values(bytes: Uint8Array, start: number, encoding: string): OpenPage['take'] {
    const isBoolean = this.#chunk.type === 'BOOLEAN';
    if (encoding === 'PLAIN') return isBoolean ? this.#bits(bytes, start) : this.#plain(bytes, start);
    // Runs of booleans have their length before them, others their width.
    if (encoding === 'RLE' && isBoolean) return this.#runsOfBooleans(new RunDecoder(bytes, start + 4, 1));
    if (encoding !== 'PLAIN_DICTIONARY' && encoding !== 'RLE_DICTIONARY')
      throw new TypeError(`values in the encoding ${encoding}`);
    let runs: RunDecoder | null = null;
    return (count) => {
      if (this.#dictionary === null) throw new TypeError('a column lacks its dictionary');
      const { values, count: entries } = this.#dictionary;
      runs ??= new RunDecoder(bytes, start + 1, bytes[start] ?? 0);
      const places = runs.read(count);
      let isOutside = false;
      for (let at = 0; at < count; at++) isOutside ||= places[at]! < 0 || places[at]! >= entries;
      if (isOutside) throw new RangeError('a value is not in the dictionary');
      return { values, rows: count, places };
    };
  }

  #plain(bytes: Uint8Array, start = 0): OpenPage['take'] {
    const { type } = this.#chunk;
    const { element } = this.#place.column;
    const read = plainColumnReader(this.#place.field.type, element);
    if (read !== null) {
      let at = start;
      return (count) => {
        const { values, end } = read(bytes, at, count);
        at = end;
        return { values, rows: count, places: null };
      };
    }
    const reader = { view: viewOf(bytes), offset: start };
    return (count) => this.#convert(readPlain(reader, type, count, element.type_length), count);
  }

  #bits(bytes: Uint8Array, start: number): OpenPage['take'] {
    let bit = start * 8;
    return (count) => {
      if (bit + count > bytes.length * 8) throw new RangeError('a page has fewer values than it says');
      const values = Array.from({ length: count }, (_, at) => (bytes[(bit + at) >> 3]! & (1 << ((bit + at) & 7))) !== 0);
      bit += count;
      return this.#convert(values, count);
    };
  }

  #runsOfBooleans(runs: RunDecoder): OpenPage['take'] {
    return (count) =>
      this.#convert(
        Array.from(runs.read(count), (bit) => bit === 1),
        count,
      );
  }

  #convert(stored: ArrayLike<unknown>, count: number): ValuePiece {
    const { field, column, within } = this.#place;
    return { values: fromParquetColumn(stored, field.type, column, within), rows: count, places: null };
  }
}

function takeRows(page: OpenPage, count: number): ValuePiece {
  page.rowsLeft -= count;
  if (page.levels === null || page.levels.takeRun(1, count)) return page.take(count);
  const levels = page.levels.read(count);
  let present = 0;
  for (let row = 0; row < count; row++) present += levels[row]!;
  const piece = page.take(present);
  if (present === count) return piece;
  const { values, places } = piece;
  for (let row = 0, next = 0; row < count; row++) {
    if (levels[row] === 1) levels[row] = places === null ? next++ : places[next++]!;
    else levels[row] = -1;
  }
  return { values, rows: count, places: levels };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
