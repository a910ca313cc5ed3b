import { CalveError } from '../errors/calve-error.ts';
import type { ByteReader } from './byte-reader.ts';
import { CompressedInput } from './compressed-input.ts';

/** Turns stored bytes into content, piece by piece; a piece holds until the next one is asked for. */
export type Decompression = (input: CompressedInput) => AsyncGenerator<Uint8Array>;

/**
 * A forward-only reader of what is inside `reader`: `sizeBytes` is -1 and every `read` goes on where the last one ended. It has no
 * `localPath`: the file there holds something else. `verify` and `close` are those of `reader`.
 *
 * Memory: one stored piece and a few decompressed ones, whatever the size of the file. A read that is served from memory answers at once.
 */
export function decompressingReader(decompression: Decompression, reader: ByteReader): ByteReader {
  const input = new CompressedInput(reader);
  const content = decompression(input);
  let chunk: Uint8Array = new Uint8Array(0);
  let position = 0;
  let isEnded = false;
  let isBusy = false;
  let isClosed = false;
  // Stays: a generator that threw looks like one that ended, and a damaged file must never look complete.
  let failure: unknown;

  /** Copies what is at hand; answers how much of `target` is filled now. */
  const drain = (target: Uint8Array, filled: number): number => {
    const count = Math.min(target.length - filled, chunk.length);
    // The memory of a chunk that was used up may be gone.
    if (count === 0) return filled;
    target.set(count === chunk.length ? chunk : chunk.subarray(0, count), filled);
    chunk = chunk.subarray(count);
    position += count;
    return filled + count;
  };

  const pull = async (target: Uint8Array, already: number): Promise<number> => {
    let filled = already;
    isBusy = true;
    try {
      while (filled < target.length && !isEnded) {
        const next = await content.next();
        if (next.done) isEnded = true;
        else {
          chunk = next.value;
          filled = drain(target, filled);
        }
      }
      return filled;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      isBusy = false;
    }
  };

  return {
    sizeBytes: -1,
    read(target, offset) {
      if (isClosed) throw new CalveError('CLOSED', 'This reader is closed.');
      if (failure !== undefined) throw failure;
      if (isBusy || offset !== position) {
        const problem = isBusy ? 'a read is still under way' : `the last read ended at ${position}`;
        throw new CalveError('INTERNAL', `A decompressed stream is read forward only: ${offset} was asked for, but ${problem}.`);
      }
      const filled = drain(target, 0);
      return filled === target.length || isEnded ? filled : pull(target, filled);
    },
    verify: () => reader.verify(),
    async close() {
      isClosed = true;
      try {
        await content.return(undefined);
      } finally {
        input.release();
        await reader.close();
      }
    },
  };
}
