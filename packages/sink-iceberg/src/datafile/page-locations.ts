import type { AsyncBuffer, ColumnMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';

/** Where a data page is in its file, as an offset index says it. */
export interface PageLocation {
  offset: bigint;
  /** With its header. */
  compressed_page_size: number;
  /** Of the row group, from 0. */
  first_row_index: bigint;
}

/** Headers hold statistics of values, which may be long. */
const HEADER_BYTES = 4096;

/**
 * Where the data pages of a column chunk are, from their headers: most files have no index of them.
 *
 * @param rows Of the row group.
 * @param isRepeated The column is inside a list or map.
 * @returns null: pages do not say which rows they hold. In the first version of data pages one row of repeated values may lie in two.
 * @throws {RangeError | TypeError} The chunk is damaged.
 */
export async function pageLocations(
  file: AsyncBuffer,
  chunk: ColumnMetaData,
  rows: number,
  isRepeated: boolean,
): Promise<PageLocation[] | null> {
  const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  const end = start + Number(chunk.total_compressed_size);
  const pages: PageLocation[] = [];
  let firstRow = 0;
  for (let at = start; firstRow < rows; ) {
    if (at >= end) throw new RangeError('a column has fewer rows than its row group');
    const { header, length } = await headerAt(file, at, end);
    const size = length + header.compressed_page_size;
    if (!(header.compressed_page_size >= 0)) throw new TypeError('a page has no size');
    const { data_page_header: first, data_page_header_v2: second } = header;
    if (first && isRepeated) return null;
    const pageRows = first?.num_values ?? second?.num_rows;
    if (pageRows !== undefined) {
      pages.push({ offset: BigInt(at), compressed_page_size: size, first_row_index: BigInt(firstRow) });
      firstRow += pageRows;
    }
    at += size;
  }
  return pages;
}

async function headerAt(
  file: AsyncBuffer,
  at: number,
  end: number,
): Promise<{ header: ReturnType<typeof parquetHeader>; length: number }> {
  for (let bytes = HEADER_BYTES; ; bytes *= 16) {
    const until = Math.min(end, at + bytes);
    const reader = { view: new DataView(await file.slice(at, until)), offset: 0 };
    try {
      return { header: parquetHeader(reader), length: reader.offset };
    } catch (error) {
      // Cut off, unless there is no more.
      if (until === end) throw error;
    }
  }
}
