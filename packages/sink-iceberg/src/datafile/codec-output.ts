import { freeBuffer } from '@calve/core/plugin';

// A page that holds one huge value takes more pieces.
const LARGEST_CAPACITY = 2 * 1024 * 1024;

/**
 * Bytes that a codec of `node:zlib` is given for its output at once: room for the worst case, so that zstd writes there directly, and never so little that
 * Node takes it from the pool that all small buffers share. Those pools would stay until V8 looks for garbage in all of its heap, since codecs do.
 *
 * @see https://github.com/facebook/zstd/blob/v1.5.7/lib/zstd.h, ZSTD_COMPRESSBOUND
 */
export function worstCase(length: number): number {
  const worst = length + (length >> 8) + Math.max(0, (128 * 1024 - length) >> 11);
  return Math.min(Math.max(ownMemoryBytes(), worst), LARGEST_CAPACITY);
}

/** From so many bytes on a buffer has memory of its own. */
function ownMemoryBytes(): number {
  return Buffer.poolSize >>> 1;
}

/**
 * The last output of a codec of `node:zlib`. Each of them is as large as the page was before, and left to the collector they make it go through the
 * whole heap every 16 MiB, which costs more than some codecs do: the memory of one is given back when the next one comes.
 */
export class CodecOutput {
  #last: Uint8Array | null = null;

  /**
   * @param output What `zlib` gave. @param capacity The `chunkSize` that it was given, as `worstCase` says.
   * @returns The same. It is empty after the next call.
   */
  hold(output: Buffer<ArrayBuffer>, capacity: number): Uint8Array {
    if (this.#last) freeBuffer(this.#last);
    // What took several pieces was put together elsewhere.
    const isOwn = capacity >= ownMemoryBytes() && output.buffer.byteLength === capacity;
    this.#last = isOwn ? output : null;
    return output;
  }
}
