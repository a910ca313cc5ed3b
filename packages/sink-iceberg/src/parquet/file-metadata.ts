import type { ParquetType } from 'hyparquet';

/** Codes of encodings, pages and codecs in Parquet's Thrift definition. @see https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift */
export const PLAIN = 0;
export const RLE = 3;
export const RLE_DICTIONARY = 8;
export const DATA_PAGE = 0;
export const DICTIONARY_PAGE = 2;
export const CODEC_CODES = { uncompressed: 0, snappy: 1, gzip: 2, zstd: 6 } as const;

/** How the pages of a file are compressed. */
export type Codec = keyof typeof CODEC_CODES;

/** What the footer says of the values of one column chunk. */
export interface ChunkStatistics {
  nullCount: number;
  /** Floating point only. */
  nanCount?: number;
  /** In the encoding of the column's physical type, without a length. Both or none. */
  min?: Uint8Array;
  max?: Uint8Array;
  /** True: there is a value less than `max`, or greater than `min`, only; the bound was cut. */
  isMinCut?: boolean;
  isMaxCut?: boolean;
}

/** Pages of one kind in a column chunk. */
export interface PageCount {
  page: number;
  encoding: number;
  count: number;
}

/** One column of one row group. */
export interface ColumnChunk {
  type: ParquetType;
  /** Names from the first level to the leaf. */
  path: readonly string[];
  /** Codes of all encodings in it, those of the levels included. */
  encodings: readonly number[];
  /** Nulls included, and the slots of empty lists. */
  values: number;
  /** Page headers included. */
  uncompressedBytes: number;
  compressedBytes: number;
  /** Offset in the file of its first page, and of the first with data. */
  offset: number;
  dataPageOffset: number;
  hasDictionary: boolean;
  statistics: ChunkStatistics;
  pages: readonly PageCount[];
}

/** Rows that are stored together: one chunk per leaf of the schema. */
export interface RowGroup {
  rows: number;
  chunks: readonly ColumnChunk[];
}
