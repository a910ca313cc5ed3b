import { CompactThrift } from './compact-thrift.ts';
import type { ChunkStatistics, Codec, ColumnChunk, RowGroup } from './file-metadata.ts';
import { CODEC_CODES } from './file-metadata.ts';
import { GrowingBytes } from './growing-bytes.ts';
import { physicalTypeCode } from './physical-type-code.ts';

/**
 * The row groups of a file, as its footer describes them. Each is written down when it is added: a file of 300 columns has thousands of chunks, which take
 * ten times as much as objects, and the collector would carry them along until the end.
 */
export class FooterRowGroups {
  count = 0;
  rows = 0;
  readonly #codec: number;
  readonly #out = new GrowingBytes();

  constructor(codec: Codec) {
    this.#codec = CODEC_CODES[codec];
  }

  /** The structs, one behind the other. They hold until the next one is added. */
  get bytes(): Uint8Array {
    return this.#out.view();
  }

  /** @param group Offsets are those in the file. */
  add(group: RowGroup): void {
    const thrift = new CompactThrift(this.#out);
    rowGroup(thrift, group, this.#codec);
    thrift.end();
    this.count += 1;
    this.rows += group.rows;
  }
}

function rowGroup(thrift: CompactThrift, { rows, chunks }: RowGroup, codec: number): void {
  thrift.structList(1, chunks, (_, chunk) => columnChunk(thrift, chunk, codec));
  thrift.int64(
    2,
    chunks.reduce((sum, { uncompressedBytes }) => sum + uncompressedBytes, 0),
  );
  thrift.int64(3, rows);
  thrift.int64(5, chunks[0]?.offset ?? 0);
  thrift.int64(
    6,
    chunks.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0),
  );
}

function columnChunk(thrift: CompactThrift, chunk: ColumnChunk, codec: number): void {
  thrift.int64(2, chunk.offset);
  thrift.struct(3, () => {
    thrift.int32(1, physicalTypeCode(chunk.type));
    thrift.int32List(2, chunk.encodings);
    thrift.textList(3, chunk.path);
    thrift.int32(4, codec);
    thrift.int64(5, chunk.values);
    thrift.int64(6, chunk.uncompressedBytes);
    thrift.int64(7, chunk.compressedBytes);
    thrift.int64(9, chunk.dataPageOffset);
    if (chunk.hasDictionary) thrift.int64(11, chunk.offset);
    thrift.struct(12, () => statistics(thrift, chunk.statistics));
    thrift.structList(13, chunk.pages, (_, { page, encoding, count }) => {
      thrift.int32(1, page);
      thrift.int32(2, encoding);
      thrift.int32(3, count);
    });
  });
}

function statistics(thrift: CompactThrift, { nullCount, nanCount, min, max, isMinCut, isMaxCut }: ChunkStatistics): void {
  thrift.int64(3, nullCount);
  if (max !== undefined) thrift.binary(5, max);
  if (min !== undefined) thrift.binary(6, min);
  if (max !== undefined && isMaxCut) thrift.boolean(7, false);
  if (min !== undefined && isMinCut) thrift.boolean(8, false);
  if (nanCount !== undefined) thrift.int64(9, nanCount);
}
