import type { ByteReader, CallContext } from '@calve/core/plugin';
import { throwIfAborted } from '@calve/core/plugin';
import type { Chunk } from './chunk.ts';
import { takeChunk } from './chunk.ts';
import type { EncodedPlace, EncodedPlaces } from './encoding/encoded-places.ts';
import type { TextContent } from './open-text.ts';

/** As far as a record that is too long is read on, to see which of its cells is to blame. */
const BEYOND_LIMIT_BYTES = 1024 * 1024;

/**
 * The content as one chunk after the other. What a caller did not consume stands at the beginning of the next chunk, so a record is
 * always found in one piece. Memory is bounded by `longestBytes`, whatever the size of the file and of its records.
 */
export class ChunkReader {
  /** The chunk at hand: `bytes[0, length)`. */
  chunk: Chunk | undefined;
  /** Place of the chunk's first byte in the text, which is the content unless that has another encoding: `offsetOf` tells. */
  textOffset = 0;
  /** True when the content ends with this chunk. */
  isFinal = false;
  /** How many bytes of the content were read so far. */
  readBytes = 0;
  /** As large as the data of a chunk may become: who finds no end of a record in so many bytes has to give up. */
  readonly longestBytes: number;

  readonly #reader: ByteReader;
  readonly #places: EncodedPlaces | undefined;
  readonly #context: CallContext;
  readonly #chunkBytes: number;
  readonly #pauseAt: number;
  /** Room for rewritten cells, in halves of the data. */
  #room = 1;
  /** Where the chunk begins in content of another encoding, and the last place that was asked for. */
  #start: EncodedPlace = { at: 0, byteOffset: 0, lineEnds: 0 };
  #known: EncodedPlace = this.#start;

  /**
   * @param chunkBytes Size of a chunk's data unless a record is longer, at least 1.
   * @param pauseAt Offset at which one chunk ends, whatever its size, so that who has enough then has read nothing beyond.
   */
  constructor(text: TextContent, context: CallContext, chunkBytes: number, pauseAt = Number.POSITIVE_INFINITY) {
    this.#reader = text.reader;
    this.#places = text.places;
    this.#context = context;
    this.#chunkBytes = chunkBytes;
    this.#pauseAt = pauseAt;
    this.longestBytes = Math.max(chunkBytes, context.limits.recordBytes + BEYOND_LIMIT_BYTES);
  }

  /**
   * Goes on to the next chunk, which begins at `consumed` of the current one and, unless `needsRoom`, is longer than what was left
   * over.
   *
   * @param consumed Unless `needsRoom`, less than `longestBytes` are left over behind it.
   * @param needsRoom True when a rewritten cell did not fit behind the current chunk.
   * @throws {CalveError} `CANCELLED`, or what the reader throws.
   */
  async advance(consumed: number, needsRoom = false): Promise<void> {
    throwIfAborted(this.#context.signal);
    if (this.#places && this.chunk) {
      this.#start = this.#known = { ...this.#place(consumed), at: 0 };
      this.#places.forget(this.#start);
    }
    // The rest is set aside before the next chunk is asked for: who waits for memory must not hold any.
    const rest = this.chunk?.bytes.slice(consumed, this.chunk.length) ?? new Uint8Array(0);
    this.release();
    this.textOffset += consumed;
    // Room for five times the data is always enough: unescaping shortens a cell, replaced bytes are at most three times as long.
    if (needsRoom) this.#room = consumed === 0 ? 10 : Math.min(10, this.#room * 2);
    let size = this.#chunkBytes;
    if (!needsRoom) while (size < rest.length * 2) size *= 2;
    size = Math.max(Math.min(size, this.longestBytes, rest.length + this.#unreadBytes), rest.length);
    const chunk = await takeChunk(size + Math.ceil((size * this.#room) / 2) + 16, this.#context);
    chunk.bytes.set(rest);
    chunk.length = rest.length;
    this.chunk = chunk;
    await this.#fill(chunk, size);
  }

  /** Where a byte of the chunk at hand stands in the content, as it is encoded in the file. Cheap for places in ascending order. */
  offsetOf(at: number): number {
    return this.#places ? this.#place(at).byteOffset : this.textOffset + at;
  }

  /** True when the content is in another encoding than the text. */
  get isTranscoded(): boolean {
    return this.#places !== undefined;
  }

  /** At most so many bytes of the text are still to come. */
  get #unreadBytes(): number {
    const { sizeBytes } = this.#reader;
    return sizeBytes < 0 ? Number.POSITIVE_INFINITY : Math.max(0, sizeBytes - this.readBytes);
  }

  #place(at: number): EncodedPlace {
    const from = at < this.#known.at ? this.#start : this.#known;
    this.#known = (this.#places as EncodedPlaces).walk(from, (this.chunk as Chunk).bytes, at);
    return this.#known;
  }

  /** Gives the chunk at hand back. Batches over it keep their share. */
  release(): void {
    this.chunk?.memory.release();
    this.chunk = undefined;
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
