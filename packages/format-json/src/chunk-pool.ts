import type { CallContext } from '@calve/core/plugin';
import { BatchMemory } from '@calve/core/plugin';
import type { BytePool } from './byte-pool.ts';

/** A piece of the content, and room behind it for texts that have to be unescaped. */
export interface Chunk {
  bytes: Uint8Array;
  /** How many bytes are data. */
  length: number;
  /** Its first owner is who took it; every batch over it is another one. */
  memory: BatchMemory;
}

/** Behind the data: the byte that ends every scan, and what a scan may look at beyond. */
const MARGIN = 32;

/** Chunks whose buffers are accounted for in the run's memory from `take` until the last batch over them is released. */
export class ChunkPool {
  readonly #context: CallContext;
  readonly #pool: BytePool;

  constructor(context: CallContext, pool: BytePool) {
    this.#context = context;
    this.#pool = pool;
  }

  /**
   * An empty chunk for `size` bytes of data, as soon as the run's share of memory allows it. Its bytes may hold anything. There is as much
   * room behind the data: a text is never longer unescaped.
   */
  async take(size: number): Promise<Chunk> {
    const capacity = size * 2 + MARGIN;
    const reservation = await this.#context.reserve(capacity);
    const bytes = this.#pool.take(capacity);
    const memory = new BatchMemory([bytes], () => {
      reservation.release();
      this.#pool.give(bytes);
    });
    return { bytes, length: 0, memory };
  }
}
