import type { ByteReader, CallContext } from '@calve/core/plugin';
import { throwIfAborted } from '@calve/core/plugin';
import type { BytePool } from './byte-pool.ts';
import type { Chunk } from './chunk-pool.ts';
import { ChunkPool } from './chunk-pool.ts';

/** As far as a record that is too long is read on, to see what is to blame. */
const BEYOND_LIMIT_BYTES = 1024 * 1024;

/**
 * The content as one chunk after the other. What a caller did not consume stands at the beginning of the next chunk, so a record is
 * always found in one piece. Memory is bounded by `longestBytes`, whatever the size of the file and of its records.
 */
export class ChunkReader {
  /** The chunk at hand: `bytes[0, length)`, and a zero behind it, which no JSON text has. */
  chunk: Chunk | undefined;
  /** Place of the chunk's first byte in the content. */
  byteOffset = 0;
  /** True when the content ends with this chunk. */
  isFinal = false;
  /** How many bytes of the content were read so far. */
  readBytes = 0;
  /** As large as the data of a chunk may become: who finds no end of a record in so many bytes has to give up. */
  readonly longestBytes: number;

  readonly #reader: ByteReader;
  readonly #context: CallContext;
  readonly #pool: ChunkPool;
  readonly #chunkBytes: number;
  readonly #pauseAt: number;

  /**
   * @param pool Of the chunks; it outlives them.
   * @param chunkBytes Size of a chunk's data unless a record is longer, at least 1.
   * @param pauseAt Offset at which one chunk ends, whatever its size, so that who has enough then has read nothing beyond.
   */
  constructor(reader: ByteReader, context: CallContext, pool: BytePool, chunkBytes: number, pauseAt = Number.POSITIVE_INFINITY) {
    this.#reader = reader;
    this.#context = context;
    this.#pool = new ChunkPool(context, pool);
    this.#chunkBytes = chunkBytes;
    this.#pauseAt = pauseAt;
    this.longestBytes = Math.max(chunkBytes, context.limits.recordBytes + BEYOND_LIMIT_BYTES);
  }

  /**
   * Goes on to the next chunk, which begins at `consumed` of the current one and is longer than what was left over.
   *
   * @param consumed Less than `longestBytes` are left over behind it.
   * @throws {CalveError} `CANCELLED`, or what the reader throws.
   */
  async advance(consumed: number): Promise<Chunk> {
    throwIfAborted(this.#context.signal);
    // The rest is set aside before the next chunk is asked for: who waits for memory must not hold any.
    const rest = this.chunk?.bytes.slice(consumed, this.chunk.length) ?? new Uint8Array(0);
    this.release();
    this.byteOffset += consumed;
    let size = Math.min(this.#chunkBytes, Math.max(16, rest.length + this.#unread));
    while (size < rest.length * 2) size *= 2;
    size = Math.max(Math.min(size, this.longestBytes), rest.length);
    const chunk = await this.#pool.take(size);
    chunk.bytes.set(rest);
    chunk.length = rest.length;
    this.chunk = chunk;
    await this.#fill(chunk, size);
    chunk.bytes[chunk.length] = 0;
    return chunk;
  }

  /** Gives the chunk at hand back. Batches over it keep their share. */
  release(): void {
    this.chunk?.memory.release();
    this.chunk = undefined;
  }

  /** Bytes that are still to come, as far as is known. */
  get #unread(): number {
    const { sizeBytes } = this.#reader;
    return sizeBytes < 0 ? Number.POSITIVE_INFINITY : Math.max(0, sizeBytes - this.readBytes);
  }

  async #fill(chunk: Chunk, size: number): Promise<void> {
    const { sizeBytes } = this.#reader;
    const untilPause = this.#pauseAt - this.readBytes;
    const end = untilPause > 0 ? Math.min(size, chunk.length + untilPause) : size;
    while (chunk.length < end && !this.isFinal) {
      if (sizeBytes >= 0 && this.readBytes >= sizeBytes) {
        this.isFinal = true;
        return;
      }
      const answer = this.#reader.read(chunk.bytes.subarray(chunk.length, end), this.readBytes);
      const got = typeof answer === 'number' ? answer : await answer;
      if (got === 0) this.isFinal = true;
      chunk.length += got;
      this.readBytes += got;
    }
    if (sizeBytes >= 0 && this.readBytes >= sizeBytes) this.isFinal = true;
  }
}
