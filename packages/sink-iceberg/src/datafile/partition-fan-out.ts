import type { ColumnData, Field, OutputFile } from '@calve/core/plugin';
import { canonicalJson } from '@calve/core/plugin';
import type { DataFileDescription, PartitionValue } from './data-file.ts';
import { DataFileWriter } from './data-file-writer.ts';
import type { EncodeMemory } from './output-bytes.ts';
import { RowGroupBuffer } from './row-group-buffer.ts';
import type { TableWriterConfiguration } from './table-writer-configuration.ts';

/** Most rows of a row group; a multiple of 8. */
export const ROW_GROUP_ROWS = 131_072;
// Rows are taken over in steps of this many, so that where a row group ends does not depend on how the rows were cut into batches.
const STEP_ROWS = 256;
// What may wait in memory, all partitions together: this many row groups, but no more than this many bytes unless one is larger.
const WAITING_ROW_GROUPS = 4;
const WAITING_BYTES = 64 * 1024 * 1024;

/** What the fan-out needs from the writer of the table. */
export interface PartitionFanOutOptions {
  configuration: Pick<TableWriterConfiguration, 'specId' | 'codec' | 'targetFileBytes' | 'rowGroupBytes' | 'maxOpenFiles'>;
  /** The stored columns. */
  fields: readonly Field[];
  /** Creates the next file of a partition. */
  open(tuple: readonly PartitionValue[]): Promise<{ path: string; output: OutputFile }>;
}

interface OpenPartition {
  tuple: readonly PartitionValue[];
  buffer: RowGroupBuffer;
  /** Of the buffer, after the last rows were added. */
  waitingBytes: number;
  /** Created when the first row group is full. */
  file?: DataFileWriter;
}

/**
 * Sends rows to one open file per partition. Memory stays bounded: rows wait for their row group in at most `maxOpenFiles` buffers
 * that hold at most four row groups together; beyond that the largest is written early, and the partition that was longest without
 * rows is finished.
 */
export class PartitionFanOut {
  readonly #options: PartitionFanOutOptions;
  /** Least recently used first. */
  readonly #partitions = new Map<string, OpenPartition>();
  readonly #finished: DataFileDescription[] = [];
  readonly #memory: EncodeMemory = { spare: null };
  /** Sum over all partitions. */
  #waitingBytes = 0;

  constructor(options: PartitionFanOutOptions) {
    this.#options = options;
  }

  /**
   * Takes over rows of a batch; nothing of it is kept.
   *
   * @param columns One per stored column; `null` where the batch has none.
   * @param rows Ascending row numbers.
   * @throws {CalveError} As `DataFileWriter.writeRowGroup` does, and whatever the output throws.
   */
  async add(tuple: readonly PartitionValue[], columns: readonly (ColumnData | null)[], rows: Int32Array): Promise<void> {
    const partition = await this.#partition(tuple);
    const { rowGroupBytes } = this.#options.configuration;
    for (let start = 0; start < rows.length; ) {
      const { buffer } = partition;
      const end = Math.min(rows.length, start + STEP_ROWS - (buffer.rows % STEP_ROWS));
      const contiguous = rows[end - 1]! - rows[start]! === end - 1 - start;
      buffer.append(columns, { rows, start, end, contiguous });
      start = end;
      if (buffer.rows % STEP_ROWS === 0 && (buffer.rows >= ROW_GROUP_ROWS || buffer.sizeBytes >= rowGroupBytes))
        await this.#writeRowGroup(partition);
    }
    const waitingBytes = partition.buffer.sizeBytes;
    this.#waitingBytes += waitingBytes - partition.waitingBytes;
    partition.waitingBytes = waitingBytes;
    await this.#relieve();
  }

  /** Finishes all files. @returns All of the table's new files, in the order in which they were finished. */
  async finish(): Promise<DataFileDescription[]> {
    for (const partition of this.#partitions.values()) await this.#finish(partition);
    this.#partitions.clear();
    return this.#finished;
  }

  async #partition(tuple: readonly PartitionValue[]): Promise<OpenPartition> {
    const key = canonicalJson(tuple);
    let partition = this.#partitions.get(key);
    if (partition === undefined) {
      const oldest = this.#partitions.keys().next().value;
      if (oldest !== undefined && this.#partitions.size >= this.#options.configuration.maxOpenFiles) {
        await this.#finish(this.#partitions.get(oldest)!);
        this.#partitions.delete(oldest);
      }
      partition = { tuple, buffer: new RowGroupBuffer(this.#options.fields), waitingBytes: 0 };
    }
    this.#partitions.delete(key);
    this.#partitions.set(key, partition);
    return partition;
  }

  async #writeRowGroup(partition: OpenPartition): Promise<void> {
    if (partition.buffer.rows === 0) return;
    const { specId, codec, targetFileBytes } = this.#options.configuration;
    if (partition.file === undefined) {
      const { tuple } = partition;
      const { path, output } = await this.#options.open(tuple);
      partition.file = new DataFileWriter({
        path,
        output,
        fields: this.#options.fields,
        specId,
        partition: tuple,
        codec,
        memory: this.#memory,
      });
    }
    const { file } = partition;
    await file.writeRowGroup(partition.buffer);
    this.#waitingBytes -= partition.waitingBytes;
    partition.waitingBytes = 0;
    // With several partitions the memory of a full row group must not stay with each of them.
    if (this.#partitions.size > 1) partition.buffer = new RowGroupBuffer(this.#options.fields);
    else partition.buffer.clear();
    if (file.sizeBytes >= targetFileBytes || file.hasManyChunks) await this.#finishFile(partition);
  }

  async #finish(partition: OpenPartition): Promise<void> {
    await this.#writeRowGroup(partition);
    await this.#finishFile(partition);
  }

  async #finishFile(partition: OpenPartition): Promise<void> {
    if (partition.file === undefined) return;
    this.#finished.push(await partition.file.finish());
    delete partition.file;
  }

  /** Writes the largest buffers early while all of them together hold too much. */
  async #relieve(): Promise<void> {
    const { rowGroupBytes } = this.#options.configuration;
    const limit = Math.max(rowGroupBytes, Math.min(WAITING_ROW_GROUPS * rowGroupBytes, WAITING_BYTES));
    if (this.#waitingBytes <= limit) return;
    const largestFirst = [...this.#partitions.values()].sort((a, b) => b.waitingBytes - a.waitingBytes);
    for (const partition of largestFirst) {
      if (this.#waitingBytes <= limit / 2) return;
      await this.#writeRowGroup(partition);
    }
  }
}
