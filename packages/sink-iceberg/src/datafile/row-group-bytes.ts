import type { PageSink } from '../parquet/page-sink.ts';

const BLOCK_BYTES = 256 * 1024;

/** Collects the pages of a row group, in blocks that are used again for the next one: nothing is moved while it grows. */
export class RowGroupBytes implements PageSink {
  readonly #blocks: Uint8Array[] = [];
  #length = 0;

  get offset(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const inBlock = this.#length % BLOCK_BYTES;
      const count = Math.min(bytes.length - at, BLOCK_BYTES - inBlock);
      this.#block(Math.floor(this.#length / BLOCK_BYTES)).set(bytes.subarray(at, at + count), inBlock);
      this.#length += count;
      at += count;
    }
  }

  relieve(): undefined {}

  /** All of it, in memory of its own, which may go to another thread. The next row group begins. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#length);
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES)
      bytes.set(this.#block(at / BLOCK_BYTES).subarray(0, bytes.length - at), at);
    this.#length = 0;
    return bytes;
  }

  #block(index: number): Uint8Array {
    const block = this.#blocks[index] ?? new Uint8Array(BLOCK_BYTES);
    this.#blocks[index] = block;
    return block;
  }
}
