import type { Field, OutputFile } from '@calve/core/plugin';
import type { LeafColumn } from '../parquet/column-chunk-writer.ts';
import type { ColumnChunk, RowGroup } from '../parquet/file-metadata.ts';
import type { Compress } from '../parquet/page-sink.ts';
import { physicalType } from '../parquet/physical-type.ts';
import { writeFooter, writeMagic } from '../parquet/write-footer.ts';
import { pageCompressor } from './compression.ts';
import type { DataFileDescription, PartitionValue } from './data-file.ts';
import { describeRowGroups } from './describe-row-groups.ts';
import { DictionaryBuffer } from './dictionary-buffer.ts';
import type { EncodeMemory } from './encode-memory.ts';
import { checkRange, columnValues } from './flat-column.ts';
import { MetricsCollector } from './metrics-collector.ts';
import { ListBuffer, StructBuffer } from './nested-buffer.ts';
import type { NestedColumnWriter } from './nested-column-writer.ts';
import { OutputBytes } from './output-bytes.ts';
import { parquetSchemaOf } from './parquet-schema.ts';
import { requiredNull } from './refused-value.ts';
import type { RowGroupBuffer } from './row-group-buffer.ts';
import type { TableWriterConfiguration } from './table-writer-configuration.ts';

// Java and Spark read statistics only from writers whose name has this form.
const CREATED_BY = 'calve version 0.1.0';
// The footer describes each chunk and stays in memory until the end: about 10 MiB at this number.
const LARGEST_CHUNK_COUNT = 32_768;

/** What one data file is made of. */
export interface DataFileWriterOptions {
  /** Full URI of the file that `output` writes. */
  path: string;
  output: OutputFile;
  /** The stored columns, with ids, in table order. */
  fields: readonly Field[];
  specId: number;
  /** Of the order that the rows come in. Absent: they come in none. */
  sortOrderId?: number;
  partition: readonly PartitionValue[];
  codec: TableWriterConfiguration['codec'];
  /** By field id, where it is not the usual. */
  metrics?: NonNullable<TableWriterConfiguration['metrics']>;
  memory: EncodeMemory;
}

/** Writes one Parquet file, row group by row group. Calls come one after the other. */
export class DataFileWriter {
  readonly path: string;
  readonly #options: DataFileWriterOptions;
  readonly #bytes: OutputBytes;
  readonly #compress: Compress;
  readonly #metrics: MetricsCollector;
  /** Columns without members, by position; `null` for the others. */
  readonly #leaves: readonly (LeafColumn | null)[];
  readonly #nested = new Map<number, NestedColumnWriter>();
  readonly #groups: RowGroup[] = [];
  #chunks = 0;

  constructor(options: DataFileWriterOptions) {
    this.path = options.path;
    this.#options = options;
    this.#bytes = new OutputBytes(options.output, options.memory.pending);
    this.#compress = pageCompressor(options.codec);
    this.#metrics = new MetricsCollector(options.fields, options.metrics);
    this.#leaves = options.fields.map(leafColumn);
  }

  /** Bytes of the file so far. */
  get sizeBytes(): number {
    return this.#bytes.offset;
  }

  /** True when the file should be finished for the length of its footer, whatever its size. */
  get hasManyChunks(): boolean {
    return this.#chunks >= LARGEST_CHUNK_COUNT;
  }

  /**
   * Writes all rows of the buffer as one row group. They have reached the file when it resolves; the buffer may be changed then.
   *
   * @throws {CalveError} `ICEBERG_REQUIRED_NULL`: null in a required column. `ICEBERG_VALUE_RANGE`: a decimal with more digits than
   *   its type. The file is of no use afterwards.
   */
  async writeRowGroup(buffer: RowGroupBuffer): Promise<void> {
    if (buffer.rows === 0) return;
    this.#begin();
    const chunks: ColumnChunk[] = [];
    for (const index of this.#leaves.keys()) chunks.push(...(await this.#writeColumn(index, buffer)));
    this.#groups.push({ rows: buffer.rows, chunks });
    this.#chunks += chunks.length;
    await this.#bytes.flush();
  }

  /**
   * Ends the file. It is durable when it resolves.
   *
   * @returns What a manifest needs to know of it; row counts, sizes and offsets are those of the footer.
   */
  async finish(): Promise<DataFileDescription> {
    const { path, output, fields, specId, sortOrderId, partition, codec } = this.#options;
    const valueMetrics = this.#metrics.finish();
    const rowGroups = this.#groups;
    this.#begin();
    this.#bytes.compose((out) => writeFooter(out, { schema: parquetSchemaOf(fields), codec, createdBy: CREATED_BY, rowGroups }));
    await this.#bytes.flush();
    await output.finish();
    const sorted = sortOrderId === undefined ? {} : { sortOrderId };
    const described = describeRowGroups(rowGroups, fields);
    return { path, sizeBytes: this.sizeBytes, specId, ...sorted, partition: [...partition], ...described, ...valueMetrics };
  }

  /** Deletes the file as far as the storage can. */
  async abort(): Promise<void> {
    await this.#options.output.abort();
  }

  #begin(): void {
    if (this.#bytes.offset === 0) this.#bytes.compose(writeMagic);
  }

  async #writeColumn(index: number, group: RowGroupBuffer): Promise<ColumnChunk[]> {
    const field = this.#options.fields[index]!;
    const leaf = this.#leaves[index]!;
    const repeated = group.columns[index]!;
    if (field.required && repeated.nulls > 0) throw requiredNull(field.name);
    const { chunks } = this.#options.memory;
    if (leaf !== null && repeated instanceof DictionaryBuffer && repeated.isWorthwhile) {
      const { chunk, extremes } = await chunks.writeRepeated(this.#bytes, leaf, repeated.asRepeated(), this.#compress);
      this.#metrics.addKnown(index, repeated, repeated.entries, extremes);
      return [chunk];
    }
    const buffer = group.plainColumn(index);
    if (leaf === null || buffer instanceof StructBuffer || buffer instanceof ListBuffer) {
      this.#metrics.add(index, buffer);
      const writer = await this.#nestedWriter(index);
      return writer.write(this.#bytes, buffer);
    }
    const { chunk, extremes } = await chunks.write(this.#bytes, leaf, columnValues(buffer), this.#compress);
    checkRange(field, buffer, extremes);
    this.#metrics.addKnown(index, buffer, buffer, extremes);
    return [chunk];
  }

  async #nestedWriter(index: number): Promise<NestedColumnWriter> {
    const known = this.#nested.get(index);
    if (known) return known;
    const { NestedColumnWriter } = await import('./nested-column-writer.ts');
    const writer = new NestedColumnWriter(this.#options.fields[index]!, this.#options.codec);
    this.#nested.set(index, writer);
    return writer;
  }
}

function leafColumn({ name, type, required }: Field): LeafColumn | null {
  const physical = physicalType(type);
  return physical === null ? null : { name, type: physical, isText: type.kind === 'string', required };
}
