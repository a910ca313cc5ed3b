import type { CallContext, ColumnBatch, TableWriter, WriterPorts } from '@calve/core/plugin';
import { columnBuffers } from '@calve/core/plugin';
import { readDataFile } from '../datafile/read-data-file.ts';
import { createTableWriter } from '../datafile/table-writer.ts';
import type { TableWriterConfiguration } from '../datafile/table-writer-configuration.ts';
import { openInput } from './read-input.ts';

/** Rows that wait until all of them are known: in memory while they are few, then in files beside the table that nobody else sees. */
export class Spool {
  rows = 0;
  readonly #configuration: TableWriterConfiguration;
  readonly #context: CallContext;
  readonly #ports: WriterPorts;
  readonly #limitBytes: number;
  #waiting: ColumnBatch[] = [];
  #waitingBytes = 0;
  #writer: TableWriter | null = null;
  #paths: string[] = [];

  constructor(configuration: TableWriterConfiguration, context: CallContext, ports: WriterPorts, limitBytes: number) {
    const { sortOrder: _sorted, ...unsorted } = configuration;
    this.#configuration = {
      ...unsorted,
      filePrefix: `${configuration.filePrefix}-waiting`,
      partition: [],
      specId: 0,
      codec: 'snappy',
      targetFileBytes: Number.MAX_SAFE_INTEGER,
    };
    this.#context = context;
    this.#ports = ports;
    this.#limitBytes = limitBytes;
  }

  /** Takes a copy of the rows. */
  async add(batch: ColumnBatch): Promise<void> {
    this.rows += batch.rows;
    if (this.#writer) return this.#writer.write(batch);
    const copy = batch.detach();
    this.#waiting.push(copy);
    for (const buffer of copy.columns.flatMap(columnBuffers)) this.#waitingBytes += buffer.byteLength;
    if (this.#waitingBytes <= this.#limitBytes) return;
    this.#writer = await createTableWriter(this.#configuration as never, this.#context, this.#ports);
    for (const waiting of this.#waiting) await this.#writer.write(waiting);
    this.#waiting = [];
  }

  /** Nothing is added any more. */
  async finish(): Promise<void> {
    if (!this.#writer) return;
    const { files } = await this.#writer.finish();
    this.#paths = files.map((file) => (file as { path: string }).path);
  }

  /** All rows, in the order in which they came. May be read several times. @param names Columns that are wanted; default all. */
  async *read(names?: ReadonlySet<string>): AsyncGenerator<ColumnBatch> {
    yield* this.#waiting;
    const { fields } = this.#configuration;
    const wanted = names ? fields.filter(({ name }) => names.has(name)) : fields;
    const { signal } = this.#context;
    for (const path of this.#paths) yield* readDataFile(await openInput(this.#ports, path), wanted, { signal });
  }

  /** Forgets the rows and deletes the files as far as it can. */
  async drop(): Promise<void> {
    this.#waiting = [];
    await this.#writer?.abort();
    this.#writer = null;
    this.#paths = [];
  }
}
