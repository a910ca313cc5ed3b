import type { Field } from '@calve/core/plugin';
import type { SchemaElement, ColumnChunk as WriterChunk } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { unconvertMinMax } from 'hyparquet-writer/src/unconvert.js';
import type { ChunkStatistics, Codec, ColumnChunk } from '../parquet/file-metadata.ts';
import { ENCODING_CODES, PAGE_CODES } from '../parquet/file-metadata.ts';
import type { PageSink } from '../parquet/page-sink.ts';
import type { ColumnBuffer } from './column-buffer.ts';
import { compressors, parquetCodec } from './compression.ts';
import { parquetSchemaOf } from './parquet-schema.ts';
import { requiredEncoding, toParquetColumn } from './to-parquet-column.ts';

// The footer keeps 16 bytes of a bound where it can be cut; a longer one has nothing to tell that would be worth its memory.
const LONGEST_STATISTIC = 256;

/** Writes structs, lists and maps of one column through hyparquet-writer, into row groups that others write the rest of. */
export class NestedColumnWriter {
  readonly #field: Field;
  readonly #leaves: readonly SchemaElement[];
  readonly #bytes = new ByteWriter();
  readonly #parquet: ParquetWriter;

  constructor(field: Field, codec: Codec) {
    const schema = parquetSchemaOf([field]);
    this.#field = field;
    this.#leaves = schema.filter(({ type }) => type !== undefined);
    this.#parquet = new ParquetWriter({ writer: this.#bytes, schema, codec: parquetCodec(codec), compressors });
  }

  /**
   * Writes all rows of the buffer.
   *
   * @returns One chunk per leaf.
   * @throws {CalveError} As `toParquetColumn` does.
   */
  async write(sink: PageSink, buffer: ColumnBuffer): Promise<ColumnChunk[]> {
    const bytes = this.#bytes;
    const parquet = this.#parquet;
    bytes.index = 0;
    // Its offsets are those in the file.
    bytes.offset = sink.offset;
    const encoding = requiredEncoding(this.#field.type, buffer);
    const column = { name: this.#field.name, data: toParquetColumn(this.#field, buffer), offsetIndex: false };
    await parquet.write({
      columnData: [{ ...column, ...(encoding === undefined ? {} : { encoding }) }],
      rowGroupSize: buffer.rows,
    });
    const groups = parquet.row_groups.splice(0);
    parquet.pendingIndexes.length = 0;
    sink.append(bytes.getBytes());
    return groups.flatMap(({ columns }) => columns.map((chunk, leaf) => chunkOf(chunk, this.#leaves[leaf]!)));
  }
}

function chunkOf({ meta_data, file_offset }: WriterChunk, element: SchemaElement): ColumnChunk {
  const { type, path_in_schema, encodings, num_values, encoding_stats = [], statistics = {}, ...sizes } = meta_data!;
  return {
    type,
    path: path_in_schema,
    encodings: encodings.map((encoding) => ENCODING_CODES[encoding]!),
    values: Number(num_values),
    uncompressedBytes: Number(sizes.total_uncompressed_size),
    compressedBytes: Number(sizes.total_compressed_size),
    offset: Number(file_offset),
    dataPageOffset: Number(sizes.data_page_offset),
    hasDictionary: sizes.dictionary_page_offset !== undefined,
    statistics: statisticsOf(statistics, element),
    pages: encoding_stats.map(({ page_type, encoding, count }) => ({
      page: PAGE_CODES[page_type]!,
      encoding: ENCODING_CODES[encoding]!,
      count,
    })),
  };
}

/** Bytes of their own: the writer's bounds are views of memory that the next row group uses again. */
function statisticsOf(
  statistics: NonNullable<NonNullable<WriterChunk['meta_data']>['statistics']> & { nan_count?: bigint },
  element: SchemaElement,
): ChunkStatistics {
  const { min_value, max_value, null_count = 0n, nan_count } = statistics;
  const counts = { nullCount: Number(null_count), ...(nan_count === undefined ? {} : { nanCount: Number(nan_count) }) };
  const min = unconvertMinMax(min_value, element, false);
  const max = unconvertMinMax(max_value, element, true);
  if (min === undefined || max === undefined || Math.max(min.length, max.length) > LONGEST_STATISTIC) return counts;
  const isMinCut = isCut(min_value, min);
  const isMaxCut = isCut(max_value, max);
  // Readers take as many bytes as the type says.
  if (element.type === 'FIXED_LEN_BYTE_ARRAY' && (isMinCut || isMaxCut)) return counts;
  return { ...counts, min: min.slice(), max: max.slice(), isMinCut, isMaxCut };
}

function isCut(value: unknown, bound: Uint8Array): boolean {
  return value instanceof Uint8Array && bound.length < value.length;
}
