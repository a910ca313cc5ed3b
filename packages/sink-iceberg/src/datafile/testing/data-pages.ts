import { parquetMetadata } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { RunDecoder } from '../run-decoder.ts';

/** A data page of a leaf that is inside one list. */
export interface ListPage {
  /** Of its body. */
  bytes: number;
  repetition: number[];
}

/** The data pages of a leaf in the first row group of a file that is not compressed. @param leaf Depth first, from 0; inside one list. */
export function dataPages(file: Uint8Array, leaf: number): ListPage[] {
  const { data_page_offset, total_compressed_size, dictionary_page_offset } = parquetMetadata(file.slice().buffer).row_groups[0]!
    .columns[leaf]!.meta_data!;
  const end = Number(dictionary_page_offset ?? data_page_offset) + Number(total_compressed_size);
  const reader = { view: new DataView(file.buffer, file.byteOffset, file.byteLength), offset: Number(data_page_offset) };
  const pages: ListPage[] = [];
  while (reader.offset < end) {
    const { data_page_header, compressed_page_size } = parquetHeader(reader);
    // The length of the levels comes first.
    const repetition = new RunDecoder(file, reader.offset + 4, 1).read(data_page_header!.num_values);
    pages.push({ bytes: compressed_page_size, repetition: [...repetition] });
    reader.offset += compressed_page_size;
  }
  return pages;
}
