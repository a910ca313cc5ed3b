import { freeBuffer } from '@calve/core/plugin';

// A page that holds one huge value takes more pieces.
const LARGEST_CAPACITY = 2 * 1024 * 1024;

/**
 * Bytes that a codec of `node:zlib` is given for its output at once. It takes that memory before it knows how much it needs: by default 16 KiB, also for
 * a page of ten values of ten thousand columns. With room for the worst case zstd writes there directly.
 *
 * @see https://github.com/facebook/zstd/blob/v1.5.7/lib/zstd.h, ZSTD_COMPRESSBOUND
 */
export function worstCase(length: number): number {
  const worst = length + (length >> 8) + Math.max(0, (128 * 1024 - length) >> 11);
  return Math.min(Math.max(256, worst), LARGEST_CAPACITY);
}

/**
 * The last output of a codec of `node:zlib`. Each of them is as large as the page was before, and left to the collector they make it go through the
 * whole heap every 16 MiB, which costs more than some codecs do: the memory of one is given back when the next one comes.
 */
export class CodecOutput {
  #last: Uint8Array | null = null;

  /**
   * @param output What `zlib` gave. @param capacity The `chunkSize` that it was given.
   * @returns The same. It is empty after the next call.
   */
  hold(output: Buffer<ArrayBuffer>, capacity: number): Uint8Array {
    if (this.#last) freeBuffer(this.#last);
    // Small ones may lie in memory that others use too.
    const isOwn = capacity > Buffer.poolSize && output.buffer.byteLength === capacity;
    this.#last = isOwn ? output : null;
    return output;
  }
}
