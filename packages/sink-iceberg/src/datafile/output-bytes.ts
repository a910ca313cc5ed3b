import type { OutputFile } from '@calve/core/plugin';
import { ByteWriter } from 'hyparquet-writer';

/** Memory for one row group's encoded bytes, used in turn by all files that one table writer has open. */
export interface EncodeMemory {
  /** `null` while a file uses it. */
  spare: ArrayBuffer | null;
}

const FIRST_SIZE = 64 * 1024;

/** Collects what the Parquet writer writes and hands it to a file, after each row group and at the end. */
export class OutputBytes extends ByteWriter {
  readonly #output: OutputFile;
  readonly #memory: EncodeMemory;

  /** @param memory Borrowed with the first byte, given back with every flush. */
  constructor(output: OutputFile, memory: EncodeMemory) {
    super(0);
    this.#output = output;
    this.#memory = memory;
  }

  override ensure(size: number): void {
    if (this.buffer.byteLength === 0) {
      this.#use(this.#memory.spare ?? new ArrayBuffer(FIRST_SIZE));
      this.#memory.spare = null;
    }
    super.ensure(size);
  }

  /** Called by the Parquet writer after each row group. */
  async flush(): Promise<void> {
    if (this.index === 0) return;
    await this.#output.write(this.getBytes());
    this.index = 0;
    this.#memory.spare = this.buffer;
    this.#use(new ArrayBuffer(0));
  }

  /** Called by the Parquet writer when everything is written: what has not been handed over yet is the footer. */
  override finish(): void {}

  #use(buffer: ArrayBuffer): void {
    this.buffer = buffer;
    this.view = new DataView(buffer);
  }
}
