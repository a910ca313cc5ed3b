import { CompactThrift } from './compact-thrift.ts';
import { DATA_PAGE, DICTIONARY_PAGE, PLAIN, RLE } from './file-metadata.ts';
import type { GrowingBytes } from './growing-bytes.ts';

/** Sizes and checksum of the body of a page. */
export interface PageBody {
  uncompressedBytes: number;
  compressedBytes: number;
  /** CRC-32 of the body as it is stored. */
  checksum: number;
  /** Of a data page nulls included; of a dictionary its entries. */
  values: number;
}

/** Appends the header of a data page of version 1. @param encoding Code of the encoding of the values. */
export function dataPageHeader(out: GrowingBytes, body: PageBody, encoding: number): void {
  const thrift = begin(out, DATA_PAGE, body);
  thrift.struct(5, () => {
    thrift.int32(1, body.values);
    thrift.int32(2, encoding);
    thrift.int32(3, RLE);
    thrift.int32(4, RLE);
  });
  thrift.end();
}

/** Appends the header of a dictionary page, whose values are PLAIN. */
export function dictionaryPageHeader(out: GrowingBytes, body: PageBody): void {
  const thrift = begin(out, DICTIONARY_PAGE, body);
  thrift.struct(7, () => {
    thrift.int32(1, body.values);
    thrift.int32(2, PLAIN);
  });
  thrift.end();
}

function begin(out: GrowingBytes, type: number, { uncompressedBytes, compressedBytes, checksum }: PageBody): CompactThrift {
  const thrift = new CompactThrift(out);
  thrift.int32(1, type);
  thrift.int32(2, uncompressedBytes);
  thrift.int32(3, compressedBytes);
  thrift.int32(4, checksum | 0);
  return thrift;
}
