import { giveBytesBack, takeBytes } from '@calve/core/plugin';

/** Buffers that are kept for the next who asks, altogether; what is kept beyond serves nobody. */
const MOST_KEPT = 128;

/**
 * Buffers that are taken and given back over and over, of the arena where there is one. What they hold at first means nothing. After `close`
 * nothing is kept, and what is still out goes back to where it came from as soon as it is given.
 */
export class BytePool {
  readonly #free: Uint8Array[] = [];
  #isClosed = false;

  /** Exactly `bytes` bytes, at a multiple of eight of their buffer. */
  take(bytes: number): Uint8Array {
    const free = this.#free;
    for (let index = free.length - 1; index >= 0; index -= 1) {
      const buffer = free[index] as Uint8Array;
      if (buffer.length !== bytes) continue;
      const last = free.pop() as Uint8Array;
      if (index < free.length) free[index] = last;
      return buffer;
    }
    return takeBytes(bytes);
  }

  /** Takes back what `take` gave: once, and as it was given. */
  give(buffer: Uint8Array): void {
    if (this.#isClosed || this.#free.length >= MOST_KEPT) giveBytesBack(buffer);
    else this.#free.push(buffer);
  }

  close(): void {
    this.#isClosed = true;
    for (const buffer of this.#free) giveBytesBack(buffer);
    this.#free.length = 0;
  }
}
