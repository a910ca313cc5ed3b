import type { CallContext } from '@calve/core/plugin';
import { BatchMemory, giveBytesBack, takeBytes } from '@calve/core/plugin';

/** A piece of the content and room behind it for cells that have to be rewritten. */
export interface Chunk {
  bytes: Uint8Array;
  /** How many bytes are data. */
  length: number;
  /** Its first owner is who took it; every batch over it is another one. */
  memory: BatchMemory;
}

/**
 * An empty chunk of `capacity` bytes, as soon as the run's share of memory allows it. Its bytes may hold anything. It is accounted for until the
 * last batch over it is released.
 */
export async function takeChunk(capacity: number, context: CallContext): Promise<Chunk> {
  const reservation = await context.reserve(capacity);
  const bytes = takeBytes(capacity);
  const memory = new BatchMemory([bytes], () => {
    giveBytesBack(bytes);
    reservation.release();
  });
  return { bytes, length: 0, memory };
}
