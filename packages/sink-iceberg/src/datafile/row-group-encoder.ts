import type { Field } from '@calve/core/plugin';
import type { LeafColumn } from '../parquet/column-chunk-writer.ts';
import type { ColumnChunk, RowGroup } from '../parquet/file-metadata.ts';
import type { Compress, PageSink } from '../parquet/page-sink.ts';
import { physicalType } from '../parquet/physical-type.ts';
import { pageCompressor } from './compression.ts';
import { DictionaryBuffer } from './dictionary-buffer.ts';
import type { EncodeMemory } from './encode-memory.ts';
import { checkRange, columnValues } from './flat-column.ts';
import { MetricsCollector } from './metrics-collector.ts';
import { ListBuffer, StructBuffer } from './nested-buffer.ts';
import { NestedColumnWriter } from './nested-column-writer.ts';
import { requiredNull } from './refused-value.ts';
import type { RowGroupBuffer } from './row-group-buffer.ts';
import type { TableWriterConfiguration } from './table-writer-configuration.ts';

/** How rows become row groups. */
export interface RowGroupEncoderOptions {
  /** The stored columns, with ids, in table order. */
  fields: readonly Field[];
  codec: TableWriterConfiguration['codec'];
  /** By field id, where it is not the usual. */
  metrics?: NonNullable<TableWriterConfiguration['metrics']>;
  memory: EncodeMemory;
}

/** Encodes row groups and measures their columns. The same rows give the same bytes, wherever they go. One call at a time. */
export class RowGroupEncoder {
  /** Of all row groups so far. */
  readonly metrics: MetricsCollector;
  readonly #options: RowGroupEncoderOptions;
  readonly #compress: Compress;
  /** Columns without members, by position; `null` for the others. */
  readonly #leaves: readonly (LeafColumn | null)[];
  readonly #nested: NestedColumnWriter;

  constructor(options: RowGroupEncoderOptions) {
    this.metrics = new MetricsCollector(options.metrics);
    this.#options = options;
    this.#compress = pageCompressor(options.codec, options.memory.snappy);
    this.#leaves = options.fields.map(leafColumn);
    this.#nested = new NestedColumnWriter(options.memory, this.#compress);
  }

  /**
   * Writes all rows of the buffer; it may be changed afterwards.
   *
   * @returns Offsets are those of the sink.
   * @throws {CalveError} `ICEBERG_REQUIRED_NULL`: null in a required column. `ICEBERG_VALUE_RANGE`: a decimal with more digits than
   *   its type.
   */
  async encode(sink: PageSink, buffer: RowGroupBuffer): Promise<RowGroup> {
    const chunks: ColumnChunk[] = [];
    for (const index of this.#leaves.keys()) chunks.push(...(await this.#encodeColumn(sink, index, buffer)));
    return { rows: buffer.rows, chunks };
  }

  async #encodeColumn(sink: PageSink, index: number, group: RowGroupBuffer): Promise<ColumnChunk[]> {
    const field = this.#options.fields[index]!;
    const leaf = this.#leaves[index]!;
    const repeated = group.columns[index]!;
    if (field.required && repeated.nulls > 0) throw requiredNull(field.name);
    const { chunks } = this.#options.memory;
    if (leaf !== null && repeated instanceof DictionaryBuffer && repeated.isWorthwhile) {
      const { chunk, extremes } = await chunks.writeRepeated(sink, leaf, repeated.asRepeated(), this.#compress);
      this.metrics.add(index, field, repeated, repeated.entries, extremes);
      return [chunk];
    }
    const buffer = group.plainColumn(index);
    if (leaf === null || buffer instanceof StructBuffer || buffer instanceof ListBuffer)
      return this.#nested.write(sink, field, buffer, (member, values, extremes) =>
        this.metrics.add(index, member, values, values, extremes),
      );
    const { chunk, extremes } = await chunks.write(sink, leaf, columnValues(buffer), this.#compress);
    checkRange(field, buffer, extremes);
    this.metrics.add(index, field, buffer, buffer, extremes);
    return [chunk];
  }
}

function leafColumn({ name, type, required }: Field): LeafColumn | null {
  const physical = physicalType(type);
  return physical === null ? null : { path: [name], type: physical, isText: type.kind === 'string', required };
}
