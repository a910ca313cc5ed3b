import { freeBuffer } from '@calve/core/plugin';
import type { PageSink } from '../parquet/page-sink.ts';

const STEP_BYTES = 256 * 1024;
/** Address space for a row group. It takes no memory before it is used. */
const RESERVED_BYTES = 64 * 1024 * 1024;
/** Less is copied: memory of its own costs more. */
const SMALL_BYTES = 64 * 1024;

/**
 * Collects the pages of a row group in the memory in which it goes to another thread. It grows where it lies, so that there is no second one, and is the
 * system's: what `malloc` is given back it keeps for the next one, in each thread as much as the largest two.
 */
export class RowGroupBytes implements PageSink {
  #bytes = new Uint8Array(0);
  #length = 0;

  get offset(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) this.#grow(Math.ceil(length / STEP_BYTES) * STEP_BYTES);
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  relieve(): undefined {}

  /** All of it, in memory of its own, which may go to another thread. The next row group begins. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#bytes.buffer, 0, this.#length);
    this.#length = 0;
    if (bytes.length < SMALL_BYTES) return bytes.slice();
    this.#bytes = new Uint8Array(0);
    return bytes;
  }

  #grow(room: number): void {
    const { buffer } = this.#bytes;
    if (buffer.resizable && room <= buffer.maxByteLength) {
      buffer.resize(room);
      return;
    }
    const larger = growable(room);
    larger.set(this.#bytes.subarray(0, this.#length));
    freeBuffer(this.#bytes);
    this.#bytes = larger;
  }
}

function growable(bytes: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(new ArrayBuffer(bytes, { maxByteLength: Math.max(RESERVED_BYTES, bytes * 2) }));
  } catch (error) {
    // A process may not reserve as much.
    if (!(error instanceof RangeError)) throw error;
    return new Uint8Array(bytes * 2);
  }
}
