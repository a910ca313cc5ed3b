import type { Field, OutputFile } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { parquetMetadata } from 'hyparquet';
import { ParquetWriter } from 'hyparquet-writer';
import { compressors, parquetCodec } from './compression.ts';
import type { DataFileDescription, PartitionValue } from './data-file.ts';
import { describeFooter } from './describe-footer.ts';
import { MetricsCollector } from './metrics-collector.ts';
import type { EncodeMemory } from './output-bytes.ts';
import { OutputBytes } from './output-bytes.ts';
import { ownStatistics } from './own-statistics.ts';
import { parquetSchemaOf } from './parquet-schema.ts';
import type { RowGroupBuffer } from './row-group-buffer.ts';
import type { TableWriterConfiguration } from './table-writer-configuration.ts';
import { requiredEncoding, toParquetColumn } from './to-parquet-column.ts';

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
  readonly #parquet: ParquetWriter;
  readonly #metrics: MetricsCollector;
  #groups = 0;
  #chunks = 0;

  constructor(options: DataFileWriterOptions) {
    this.path = options.path;
    this.#options = options;
    this.#bytes = new OutputBytes(options.output, options.memory);
    this.#metrics = new MetricsCollector(options.fields, options.metrics);
    this.#parquet = new ParquetWriter({
      writer: this.#bytes,
      schema: parquetSchemaOf(options.fields),
      codec: parquetCodec(options.codec),
      compressors,
      createdBy: CREATED_BY,
    });
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
   * @throws {CalveError} As `toParquetColumn` does; the file is of no use afterwards.
   */
  async writeRowGroup(buffer: RowGroupBuffer): Promise<void> {
    if (buffer.rows === 0) return;
    this.#metrics.add(buffer.columns);
    const columnData = this.#options.fields.map((field, index) => {
      const column = buffer.columns[index]!;
      const encoding = requiredEncoding(field.type, column);
      return {
        name: field.name,
        // Made when the writer comes to this column, so that the JavaScript values of one column at a time are in memory.
        get data() {
          return toParquetColumn(field, column);
        },
        offsetIndex: false,
        ...(encoding === undefined ? {} : { encoding }),
      };
    });
    const written = this.#parquet.write({ columnData, rowGroupSize: buffer.rows });
    const group = this.#parquet.row_groups[this.#groups];
    if (group === undefined)
      throw new CalveError('INTERNAL', `The Parquet writer did not make one row group of ${buffer.rows} rows.`);
    this.#groups += 1;
    this.#chunks += group.columns.length;
    // Before anything is awaited: the smallest and largest texts still lie in the buffer.
    ownStatistics(group.columns);
    await written;
  }

  /**
   * Ends the file. It is durable when it resolves.
   *
   * @returns What a manifest needs to know of it; row counts, sizes and offsets are read from the footer that was written.
   */
  async finish(): Promise<DataFileDescription> {
    const { path, output, fields, specId, sortOrderId, partition } = this.#options;
    const valueMetrics = this.#metrics.finish();
    await this.#parquet.finish();
    // Every row group has been handed over, so what is left is the footer and nothing else.
    const footer = describeFooter(parquetMetadata(this.#bytes.getBytes().slice()), fields);
    await this.#bytes.flush();
    await output.finish();
    const sorted = sortOrderId === undefined ? {} : { sortOrderId };
    return { path, sizeBytes: this.sizeBytes, specId, ...sorted, partition: [...partition], ...footer, ...valueMetrics };
  }

  /** Deletes the file as far as the storage can. */
  async abort(): Promise<void> {
    await this.#options.output.abort();
  }
}
