import type { ColumnData } from '@calve/core/plugin';
import { ArenaPieces, takeBytes } from '@calve/core/plugin';
import type { ColumnMetaData } from 'hyparquet';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { encoderKernels } from '../parquet/encoder-kernels.ts';
import type { ValuePiece } from './assemble-values.ts';
import { assembleValues } from './assemble-values.ts';
import { ChunkPages } from './chunk-pages.ts';
import { decompressors, dropPage } from './decompression.ts';
import { fromParquetColumn } from './from-parquet-column.ts';
import { plainColumnReader } from './plain-column.ts';
import type { RowMemory } from './row-memory.ts';
import { KEPT_MEMORY, takeInt32 } from './row-memory.ts';
import { RunDecoder } from './run-decoder.ts';
import type { StoredColumnPlace } from './stored-column-reader.ts';

/** A page that is read: its values are taken as rows are asked for. */
interface OpenPage {
  /** Its memory. */
  bytes: Uint8Array;
  rowsLeft: number;
  /** null: no row of it is null. */
  levels: RunDecoder | null;
  /** The next so many values, none of them null. @param scratch Memory that holds until they were copied. */
  take(count: number, scratch: RowMemory): ValuePiece;
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
  readonly #pages: ChunkPages;
  #page: OpenPage | null = null;
  #dictionary: { values: ColumnData; count: number } | null = null;

  /** @param windowBytes How much is read from the file at once, unless a page is larger. */
  constructor(place: StoredColumnPlace, windowBytes: number) {
    this.#place = place;
    this.#chunk = place.rowGroup.columns[place.column.firstChunk]!.meta_data!;
    this.#isOptional = place.column.element.repetition_type === 'OPTIONAL';
    this.#pages = new ChunkPages(place.file, this.#chunk, windowBytes);
  }

  /**
   * @param from Row of the row group: 0, and then the end of the last call.
   * @param memory Where the values go.
   * @throws {CalveError} As `fromParquetColumn`. Others: the file is damaged.
   */
  async read(from: number, until: number, memory: RowMemory): Promise<ColumnData> {
    const pieces: ValuePiece[] = [];
    const spent: Uint8Array[] = [];
    // Of what is only looked at until the values stand together.
    const scratch = new ArenaPieces();
    try {
      for (let row = from; row < until; ) {
        this.#page ??= await this.#openPage();
        const page = this.#page;
        if (!(page.rowsLeft >= 0)) throw new RangeError('a page says that it has fewer rows than none');
        const count = Math.min(until - row, page.rowsLeft);
        if (count > 0) pieces.push(takeRows(page, count, scratch));
        row += count;
        if (page.rowsLeft > 0) continue;
        spent.push(page.bytes);
        this.#page = null;
      }
      return assembleValues(this.#place.field.type, pieces, memory);
    } finally {
      scratch.giveBack();
      for (const bytes of spent) dropPage(bytes);
    }
  }

  /** Gives memory back. Nothing is read any more; it may be called again. */
  close(): void {
    this.#pages.close();
    if (this.#page) dropPage(this.#page.bytes);
    this.#page = null;
    this.#dictionary = null;
  }

  async #openPage(): Promise<OpenPage> {
    for (;;) {
      const { header, body } = await this.#pages.next();
      const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: dictionary } = header;
      if (first) {
        const bytes = this.#decompressed(body, header.uncompressed_page_size, first.encoding);
        return dropUnless(bytes, () => {
          const length = this.#isOptional ? 4 + viewOf(bytes).getUint32(0, true) : 0;
          const levels = this.#isOptional ? new RunDecoder(bytes, 4, 1) : null;
          return { bytes, rowsLeft: first.num_values, levels, take: this.#values(bytes, length, first.encoding) };
        });
      }
      if (second) {
        const { repetition_levels_byte_length: repetition, definition_levels_byte_length: definition } = second;
        const skipped = repetition + definition;
        const packed = body.subarray(skipped);
        const size = header.uncompressed_page_size - skipped;
        const bytes = second.is_compressed === false ? new Uint8Array(packed) : this.#decompressed(packed, size, second.encoding);
        return dropUnless(bytes, () => {
          // The body is gone with the next page.
          const levels = this.#isOptional ? new RunDecoder(new Uint8Array(body.subarray(repetition, skipped)), 0, 1) : null;
          return { bytes, rowsLeft: second.num_rows, levels, take: this.#values(bytes, 0, second.encoding) };
        });
      }
      if (dictionary) {
        const count = dictionary.num_values;
        this.#dictionary = {
          values: this.#plain(this.#decompressed(body, header.uncompressed_page_size))(count, KEPT_MEMORY).values,
          count,
        };
      }
    }
  }

  /** In memory of its own, that of the arena for kernels. */
  #decompressed(body: Uint8Array, size: number, encoding?: string): Uint8Array {
    const bytes = decompressPage(body, size, this.#chunk.codec, decompressors);
    const isForKernel = encoding === 'PLAIN' && this.#chunk.type === 'BYTE_ARRAY' && encoderKernels.current !== null;
    if (!isForKernel) return bytes === body ? new Uint8Array(body) : bytes;
    const copy = takeBytes(size);
    copy.set(bytes);
    if (bytes !== body) dropPage(bytes);
    return copy;
  }

  #values(bytes: Uint8Array, start: number, encoding: string): OpenPage['take'] {
    const isBoolean = this.#chunk.type === 'BOOLEAN';
    if (encoding === 'PLAIN') return isBoolean ? this.#bits(bytes, start) : this.#plain(bytes, start);
    // Runs of booleans have their length before them, others their width.
    if (encoding === 'RLE' && isBoolean) return this.#runsOfBooleans(new RunDecoder(bytes, start + 4, 1));
    if (encoding !== 'PLAIN_DICTIONARY' && encoding !== 'RLE_DICTIONARY')
      throw new TypeError(`values in the encoding ${encoding}`);
    let runs: RunDecoder | null = null;
    return (count, scratch) => {
      if (this.#dictionary === null) throw new TypeError('a column lacks its dictionary');
      const { values, count: entries } = this.#dictionary;
      runs ??= new RunDecoder(bytes, start + 1, bytes[start] ?? 0);
      const places = runs.read(count, takeInt32(scratch, count));
      let isOutside = false;
      if (runs.most >= entries) for (let at = 0; at < count; at++) isOutside ||= places[at]! < 0 || places[at]! >= entries;
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
      return (count, scratch) => {
        const { values, end } = read(bytes, at, count, scratch);
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

function takeRows(page: OpenPage, count: number, scratch: RowMemory): ValuePiece {
  page.rowsLeft -= count;
  if (page.levels === null || page.levels.takeRun(1, count)) return page.take(count, scratch);
  const levels = page.levels.read(count, takeInt32(scratch, count));
  let present = 0;
  for (let row = 0; row < count; row++) present += levels[row]!;
  const piece = page.take(present, scratch);
  if (present === count) return piece;
  const { values, places } = piece;
  for (let row = 0, next = 0; row < count; row++) {
    if (levels[row] === 1) levels[row] = places === null ? next++ : places[next++]!;
    else levels[row] = -1;
  }
  return { values, rows: count, places: levels };
}

/** Opens a page. What it takes goes back where that fails. */
function dropUnless(bytes: Uint8Array, open: () => OpenPage): OpenPage {
  try {
    return open();
  } catch (error) {
    dropPage(bytes);
    throw error;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
