import type { OutputFile } from '@calve/core/plugin';
import type { GrowingBytes } from '../parquet/growing-bytes.ts';
import type { PageSink } from '../parquet/page-sink.ts';

// A write costs little beside this many bytes, and pages of small columns go together.
const FULL = 1024 * 1024;

/** Collects the bytes of a file and hands them over when they are many, after each row group, and at the end. */
export class OutputBytes implements PageSink {
  readonly #output: OutputFile;
  readonly #pending: GrowingBytes;
  #written = 0;

  /** @param pending Used in turn by all files that one table writer has open: it is empty while another file uses it. */
  constructor(output: OutputFile, pending: GrowingBytes) {
    this.#output = output;
    this.#pending = pending;
  }

  /** Bytes of the file so far. */
  get offset(): number {
    return this.#written + this.#pending.length;
  }

  append(bytes: Uint8Array): void {
    this.#pending.append(bytes);
  }

  /** Lets `write` append to what has not been handed over. */
  compose(write: (out: GrowingBytes) => void): void {
    write(this.#pending);
  }

  relieve(): Promise<void> | undefined {
    return this.#pending.length < FULL ? undefined : this.flush();
  }

  /** Hands these bytes over behind all others, without collecting them: for many. They may be changed when it resolves. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.#output.write(bytes);
    this.#written += bytes.length;
  }

  /** Hands everything over. */
  async flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    const bytes = this.#pending.view();
    await this.#output.write(bytes);
    this.#written += bytes.length;
    this.#pending.clear();
  }
}
