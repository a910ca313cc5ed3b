import type { ColumnData, Field, OutputFile } from '@calve/core/plugin';
import { canonicalJson } from '@calve/core/plugin';
import type { DataFileDescription, PartitionValue } from './data-file.ts';
import { DataFileWriter } from './data-file-writer.ts';
import { EncodeMemory } from './encode-memory.ts';
import type { EncodedRowGroup } from './encoded-row-group.ts';
import { RowGroupBuffer } from './row-group-buffer.ts';
import type { BufferLimits } from './row-group-size.ts';
import { isFull, ROW_GROUP_ROWS, ROW_GROUP_STEP } from './row-group-size.ts';
import { rowsAtOnce } from './rows-at-once.ts';
import type { SortPlanField } from './sort-keys.ts';
import { planSortFields } from './sort-keys.ts';
import { mayFollow, sortRows } from './sorted-rows.ts';
import type { TableWriterConfiguration } from './table-writer-configuration.ts';

// What may wait in memory, all partitions together: this many row groups, but no more than this many bytes unless one is larger.
const WAITING_ROW_GROUPS = 4;
const WAITING_BYTES = 32 * 1024 * 1024;
// Partitions whose rows wait without a file; each has a few arrays per column, however few its rows are.
const WAITING_COLUMNS = 65_536;

/** What the fan-out needs from the writer of the table. */
export interface PartitionFanOutOptions {
  configuration: Pick<
    TableWriterConfiguration,
    'specId' | 'codec' | 'targetFileBytes' | 'rowGroupBytes' | 'maxOpenFiles' | 'sortOrder' | 'metrics'
  >;
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
  /** Created when rows are written. */
  file?: DataFileWriter;
  /** Sort key of the last row of the file. */
  lastKey?: Uint8Array;
}

/**
 * Sends rows to one file per partition at a time. Memory stays bounded: rows wait in buffers that hold at most so much together,
 * beyond that the largest is written early; at most `maxOpenFiles` files are open, and the one that was longest without rows is finished.
 *
 * Where the table is sorted, as many rows as may wait are sorted together. They go on in the file of their partition when they all come
 * after what it holds, and into a new one otherwise: every file is sorted from its first row to its last.
 */
export class PartitionFanOut {
  readonly #options: PartitionFanOutOptions;
  readonly #sort: readonly SortPlanField[];
  /** Bytes of all partitions together that may wait. */
  readonly #limit: number;
  /** Of the rows of one partition that wait. */
  readonly #bufferLimits: BufferLimits;
  readonly #maxPartitions: number;
  /** Least recently used first. */
  readonly #partitions = new Map<string, OpenPartition>();
  readonly #finished: DataFileDescription[] = [];
  readonly #memory = new EncodeMemory();
  /** Sum over all partitions. */
  #waitingBytes = 0;
  #openFiles = 0;

  /** @throws {CalveError} As `planSortFields` does. */
  constructor(options: PartitionFanOutOptions) {
    const { rowGroupBytes, maxOpenFiles, sortOrder } = options.configuration;
    this.#options = options;
    this.#sort = sortOrder === undefined ? [] : planSortFields(sortOrder.fields, options.fields);
    this.#limit = Math.max(rowGroupBytes, Math.min(WAITING_ROW_GROUPS * rowGroupBytes, WAITING_BYTES));
    this.#bufferLimits =
      sortOrder === undefined
        ? { rows: ROW_GROUP_ROWS, bytes: rowGroupBytes }
        : { rows: WAITING_ROW_GROUPS * ROW_GROUP_ROWS, bytes: this.#limit };
    this.#maxPartitions = Math.max(maxOpenFiles, Math.floor(WAITING_COLUMNS / Math.max(1, options.fields.length)));
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
    for (let start = 0; start < rows.length; ) {
      const { buffer } = partition;
      const end = rowsAtOnce(buffer, columns, rows, start, this.#bufferLimits);
      const contiguous = rows[end - 1]! - rows[start]! === end - 1 - start;
      buffer.append(columns, { rows, start, end, contiguous });
      start = end;
      if (buffer.rows % ROW_GROUP_STEP === 0 && isFull(buffer, this.#bufferLimits)) await this.#write(partition);
    }
    const waitingBytes = partition.buffer.sizeBytes;
    this.#waitingBytes += waitingBytes - partition.waitingBytes;
    partition.waitingBytes = waitingBytes;
    await this.#relieve();
  }

  /** Rows that come next begin a row group. For tables without partitions. */
  async cut(): Promise<void> {
    for (const partition of this.#partitions.values()) await this.#write(partition);
  }

  /** Adds a row group that was encoded elsewhere, behind all rows so far. For tables without partitions and sort order. */
  async append(rowGroup: EncodedRowGroup): Promise<void> {
    const partition = await this.#partition([]);
    await this.#write(partition);
    const file = partition.file ?? (await this.#openFile(partition));
    await file.appendRowGroup(rowGroup);
    await this.#roll(partition, file);
  }

  /** Finishes all files. @returns All of the table's new files, in the order in which they were finished. */
  async finish(): Promise<DataFileDescription[]> {
    for (const partition of this.#partitions.values()) await this.#finish(partition);
    this.release();
    return this.#finished;
  }

  /** Forgets all rows that wait and gives all memory back, also after an error. */
  release(): void {
    for (const { buffer } of this.#partitions.values()) buffer.release();
    this.#partitions.clear();
    this.#memory.release();
  }

  async #partition(tuple: readonly PartitionValue[]): Promise<OpenPartition> {
    // Of a table without partitions the one there is, for batches as small as files may be.
    const key = tuple.length === 0 ? '[]' : canonicalJson(tuple);
    let partition = this.#partitions.get(key);
    if (partition !== undefined && this.#partitions.size === 1) return partition;
    if (partition === undefined) {
      const oldest = this.#partitions.keys().next().value;
      if (oldest !== undefined && this.#partitions.size >= this.#maxPartitions) {
        await this.#finish(this.#partitions.get(oldest)!);
        this.#partitions.delete(oldest);
      }
      partition = { tuple, buffer: new RowGroupBuffer(this.#options.fields), waitingBytes: 0 };
    }
    this.#partitions.delete(key);
    this.#partitions.set(key, partition);
    return partition;
  }

  /** Writes all rows that wait in a partition. */
  async #write(partition: OpenPartition): Promise<void> {
    const { buffer } = partition;
    if (buffer.rows === 0) return;
    if (this.#sort.length === 0) await this.#writeRowGroup(partition, buffer);
    else await this.#writeSorted(partition);
    this.#waitingBytes -= partition.waitingBytes;
    partition.waitingBytes = 0;
    // With several partitions the memory of a full row group must not stay with each of them.
    if (this.#partitions.size > 1) buffer.release();
    else buffer.clear();
  }

  async #writeSorted(partition: OpenPartition): Promise<void> {
    const { buffer } = partition;
    const { order, first, last } = sortRows(this.#sort, buffer);
    if (partition.lastKey && !mayFollow(partition.lastKey, first)) await this.#finishFile(partition);
    const group = new RowGroupBuffer(this.#options.fields);
    try {
      await this.#writeOrdered(partition, buffer, order, group);
    } finally {
      group.release();
    }
    if (partition.file) partition.lastKey = last;
  }

  async #writeOrdered(partition: OpenPartition, buffer: RowGroupBuffer, order: Int32Array, group: RowGroupBuffer): Promise<void> {
    const columns = buffer.columns.map((column) => column.asColumn());
    const { rowGroupBytes } = this.#options.configuration;
    for (let start = 0; start < order.length; ) {
      const end = Math.min(order.length, start + ROW_GROUP_STEP);
      group.append(columns, { rows: order, start, end, contiguous: false });
      start = end;
      if (start < order.length && group.rows < ROW_GROUP_ROWS && group.sizeBytes < rowGroupBytes) continue;
      await this.#writeRowGroup(partition, group);
      group.clear();
    }
  }

  async #writeRowGroup(partition: OpenPartition, group: RowGroupBuffer): Promise<void> {
    const file = partition.file ?? (await this.#openFile(partition));
    await file.writeRowGroup(group);
    await this.#roll(partition, file);
  }

  async #roll(partition: OpenPartition, file: DataFileWriter): Promise<void> {
    const { targetFileBytes } = this.#options.configuration;
    if (file.sizeBytes >= targetFileBytes || file.hasManyChunks) await this.#finishFile(partition);
  }

  async #openFile(partition: OpenPartition): Promise<DataFileWriter> {
    const { specId, codec, metrics, maxOpenFiles, sortOrder } = this.#options.configuration;
    if (this.#openFiles >= maxOpenFiles) {
      const oldest = [...this.#partitions.values()].find((other) => other.file !== undefined);
      if (oldest) await this.#finishFile(oldest);
    }
    const { tuple } = partition;
    const { path, output } = await this.#options.open(tuple);
    this.#openFiles += 1;
    partition.file = new DataFileWriter({
      path,
      output,
      fields: this.#options.fields,
      specId,
      ...(sortOrder === undefined ? {} : { sortOrderId: sortOrder.id }),
      partition: tuple,
      codec,
      ...(metrics === undefined ? {} : { metrics }),
      memory: this.#memory,
    });
    return partition.file;
  }

  async #finish(partition: OpenPartition): Promise<void> {
    await this.#write(partition);
    await this.#finishFile(partition);
    partition.buffer.release();
  }

  async #finishFile(partition: OpenPartition): Promise<void> {
    if (partition.file === undefined) return;
    this.#finished.push(await partition.file.finish());
    this.#openFiles -= 1;
    delete partition.file;
    delete partition.lastKey;
  }

  /** Writes the largest buffers early while all of them together hold too much. */
  async #relieve(): Promise<void> {
    // The rows of one partition alone are written in steps, wherever batches end, unless single rows are huge.
    if (this.#waitingBytes <= this.#limit * (this.#partitions.size > 1 ? 1 : 2)) return;
    const largestFirst = [...this.#partitions.values()].sort((a, b) => b.waitingBytes - a.waitingBytes);
    for (const partition of largestFirst) {
      if (this.#waitingBytes <= this.#limit / 2) return;
      await this.#write(partition);
    }
  }
}
