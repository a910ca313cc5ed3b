import { giveBytesBack, takeBytes } from '@calve/core/plugin';
import type { ColumnMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { FileBytes } from './file-bytes.ts';

/** Headers hold statistics of values, which may be long. */
const HEADER_BYTES = 4096;

/** A page as it is stored: the body holds until the next page is asked for. */
export interface StoredPage {
  header: ReturnType<typeof parquetHeader>;
  /** Compressed, without its header. */
  body: Uint8Array;
}

/**
 * Reads the pages of a column chunk one after the other. Bytes come through a window, so that a chunk of a few pages is read from the file at once, and
 * a large one costs no more memory than its largest page.
 */
export class ChunkPages {
  readonly #file: FileBytes;
  readonly #windowBytes: number;
  readonly #end: number;
  /** Where the next page begins in the file. */
  #at: number;
  #window: Uint8Array = new Uint8Array(0);
  /** What the window holds of the file. */
  #from = 0;
  #until = 0;

  /** @param windowBytes How much is read at once, unless a page is larger. */
  constructor(file: FileBytes, chunk: ColumnMetaData, windowBytes: number) {
    this.#file = file;
    this.#windowBytes = windowBytes;
    this.#at = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    this.#end = this.#at + Number(chunk.total_compressed_size);
  }

  /** @throws {RangeError | TypeError} There is none, or the chunk is damaged. */
  async next(): Promise<StoredPage> {
    const { header, length } = await this.#header();
    const size = header.compressed_page_size;
    if (!(size >= 0)) throw new TypeError('a page has no size');
    const body = await this.#bytes(this.#at + length, size);
    this.#at += length + size;
    return { header, body };
  }

  /** Gives the memory back. No page is asked for any more. */
  close(): void {
    giveBytesBack(this.#window);
    this.#window = new Uint8Array(0);
    this.#until = this.#from;
  }

  async #header(): Promise<{ header: StoredPage['header']; length: number }> {
    const left = this.#end - this.#at;
    if (!(left > 0)) throw new RangeError('a column has fewer rows than its row group');
    for (let bytes = HEADER_BYTES; ; bytes *= 16) {
      const { buffer, byteOffset, length } = await this.#bytes(this.#at, Math.min(left, bytes));
      const reader = { view: new DataView(buffer, byteOffset, length), offset: 0 };
      try {
        return { header: parquetHeader(reader), length: reader.offset };
      } catch (error) {
        // Cut off, unless there is no more.
        if (bytes >= left) throw error;
      }
    }
  }

  async #bytes(start: number, count: number): Promise<Uint8Array> {
    if (start < this.#from || start + count > this.#until) await this.#move(start, count);
    return this.#window.subarray(start - this.#from, start - this.#from + count);
  }

  async #move(start: number, count: number): Promise<void> {
    if (start + count > this.#file.byteLength) throw new RangeError('a page reaches beyond the end of its file');
    const size = Math.max(count, Math.min(this.#windowBytes, this.#end - start, this.#file.byteLength - start));
    this.#until = this.#from;
    if (this.#window.length < size) {
      giveBytesBack(this.#window);
      this.#window = new Uint8Array(0);
      this.#window = takeBytes(size);
    }
    await this.#file.fill(this.#window.subarray(0, size), start);
    this.#from = start;
    this.#until = start + size;
  }
}
