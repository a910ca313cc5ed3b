import type { OutputFile } from '@calve/core/plugin';
import type { RowGroup } from '../parquet/file-metadata.ts';
import { FooterRowGroups } from '../parquet/footer-row-groups.ts';
import { writeFooter, writeMagic } from '../parquet/write-footer.ts';
import type { DataFileDescription, PartitionValue } from './data-file.ts';
import type { EncodedRowGroup } from './encoded-row-group.ts';
import { movedRowGroup } from './encoded-row-group.ts';
import { OutputBytes } from './output-bytes.ts';
import { parquetSchemaOf } from './parquet-schema.ts';
import type { RowGroupBuffer } from './row-group-buffer.ts';
import type { RowGroupEncoderOptions } from './row-group-encoder.ts';
import { RowGroupEncoder } from './row-group-encoder.ts';
import { RowGroupTotals } from './row-group-totals.ts';

// Java and Spark read statistics only from writers whose name has this form.
const CREATED_BY = 'calve version 0.1.0';
// The footer describes each chunk and stays in memory until the end: about 5 MiB at this number.
const LARGEST_CHUNK_COUNT = 32_768;

/** What one data file is made of. */
export interface DataFileWriterOptions extends RowGroupEncoderOptions {
  /** Full URI of the file that `output` writes. */
  path: string;
  output: OutputFile;
  specId: number;
  /** Of the order that the rows come in. Absent: they come in none. */
  sortOrderId?: number;
  partition: readonly PartitionValue[];
}

/** Writes one Parquet file, row group by row group. Calls come one after the other. */
export class DataFileWriter {
  readonly path: string;
  readonly #options: DataFileWriterOptions;
  readonly #bytes: OutputBytes;
  readonly #encoder: RowGroupEncoder;
  readonly #groups: FooterRowGroups;
  readonly #totals: RowGroupTotals;
  #chunks = 0;

  constructor(options: DataFileWriterOptions) {
    this.path = options.path;
    this.#options = options;
    this.#bytes = new OutputBytes(options.output, options.memory.pending);
    this.#encoder = new RowGroupEncoder(options);
    this.#groups = new FooterRowGroups(options.codec);
    this.#totals = new RowGroupTotals(options.fields);
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
    this.#add(await this.#encoder.encode(this.#bytes, buffer));
    await this.#bytes.flush();
  }

  /** Adds a row group that was encoded elsewhere, for a file of the same columns and codec. It has reached the file when it resolves. */
  async appendRowGroup({ bytes, content }: EncodedRowGroup): Promise<void> {
    this.#begin();
    this.#add(movedRowGroup(content.rowGroup, this.#bytes.offset));
    this.#encoder.metrics.merge(content.metrics);
    await this.#bytes.write(bytes);
  }

  /**
   * Ends the file. It is durable when it resolves.
   *
   * @returns What a manifest needs to know of it; row counts, sizes and offsets are those of the footer.
   */
  async finish(): Promise<DataFileDescription> {
    const { path, output, fields, specId, sortOrderId, partition } = this.#options;
    const valueMetrics = this.#encoder.metrics.finish();
    const rowGroups = this.#groups;
    this.#begin();
    this.#bytes.compose((out) => writeFooter(out, { schema: parquetSchemaOf(fields), createdBy: CREATED_BY, rowGroups }));
    await this.#bytes.flush();
    await output.finish();
    const sorted = sortOrderId === undefined ? {} : { sortOrderId };
    const described = this.#totals.describe();
    return { path, sizeBytes: this.sizeBytes, specId, ...sorted, partition: [...partition], ...described, ...valueMetrics };
  }

  /** Deletes the file as far as the storage can. */
  async abort(): Promise<void> {
    await this.#options.output.abort();
  }

  #add(group: RowGroup): void {
    this.#groups.add(group);
    this.#totals.add(group);
    this.#chunks += group.chunks.length;
  }

  #begin(): void {
    if (this.#bytes.offset === 0) this.#bytes.compose(writeMagic);
  }
}
