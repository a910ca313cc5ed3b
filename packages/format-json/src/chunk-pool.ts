import type { CallContext } from '@calve/core/plugin';
import { BatchMemory } from '@calve/core/plugin';

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

/**
 * Buffers for chunks. A buffer is accounted for in the run's memory from `take` until the last batch over it is released; then it is
 * kept for the next chunk of its size.
 */
export class ChunkPool {
  readonly #free: Uint8Array[] = [];
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  /**
   * An empty chunk for `size` bytes of data, as soon as the run's share of memory allows it. Its bytes may hold anything. There is as much
   * room behind the data: a text is never longer unescaped.
   */
  async take(size: number): Promise<Chunk> {
    const capacity = size * 2 + MARGIN;
    const reservation = await this.#context.reserve(capacity);
    const known = this.#free.findIndex((buffer) => buffer.length === capacity);
    const bytes = known >= 0 ? (this.#free.splice(known, 1)[0] as Uint8Array) : new Uint8Array(capacity);
    const memory = new BatchMemory([bytes], () => {
      reservation.release();
      if (this.#free.length < 2) this.#free.push(bytes);
    });
    return { bytes, length: 0, memory };
  }
}
