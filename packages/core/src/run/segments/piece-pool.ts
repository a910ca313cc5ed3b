import { freeBuffer } from '../../columns/free-buffer.ts';

/** Stored bytes that are read and sent at a time. */
const PIECE_BYTES = 1 << 20;
/** Pieces that wait in a thread, at least: those of a file that it is sent while it decodes. */
const WAITING_PIECES = 4;

/**
 * Enough that a segment is read ahead when a thread wants one. The others are at different places of theirs: half of the time they encode, when they hold
 * none any more, and while they decode they have used up half, on average.
 */
export function piecesFor(segmentBytes: number, threads: number): number {
  const pieces = Math.ceil(segmentBytes / PIECE_BYTES);
  return 2 + Math.max(threads * WAITING_PIECES, pieces + Math.ceil((pieces * (threads - 1)) / 4));
}

/**
 * Memory for stored bytes on their way to threads, which send it back. There is only so much of it, so that reading does not run ahead of the threads
 * by more: also because an engine that sees tens of megabytes come back looks for garbage in all of its heap.
 */
export class PiecePool {
  readonly #most: number;
  readonly #free: ArrayBuffer[] = [];
  /** Pieces that there are: free, being filled, or sent. */
  #made = 0;
  #sent = 0;
  #isClosed = false;
  #returned = Promise.withResolvers<void>();

  /** @param most How many pieces there are at once, as long as threads have some that will come back. */
  constructor(most: number) {
    this.#most = most;
  }

  /** @param most How many bytes there can be; small files take no large pieces. -1: nobody knows. */
  async take(most: number): Promise<Uint8Array<ArrayBuffer>> {
    if (most >= 0 && most < PIECE_BYTES / 2) return new Uint8Array(most);
    while (this.#free.length === 0 && this.#made >= this.#most && this.#sent > 0 && !this.#isClosed) await this.#returned.promise;
    const free = this.#free.pop();
    if (free) return new Uint8Array(free);
    this.#made += 1;
    return new Uint8Array(PIECE_BYTES);
  }

  /** The piece goes to a thread. */
  send(piece: Uint8Array): void {
    if (piece.buffer.byteLength === PIECE_BYTES) this.#sent += 1;
  }

  /** A thread sent it back. */
  receive(buffer: ArrayBuffer): void {
    if (buffer.byteLength === PIECE_BYTES) this.#sent -= 1;
    this.giveBack(buffer);
  }

  /** It is not needed any more. */
  giveBack(buffer: ArrayBuffer): void {
    if (buffer.byteLength !== PIECE_BYTES) return;
    if (this.#made > this.#most) {
      this.#made -= 1;
      freeBuffer(new Uint8Array(buffer));
    } else this.#free.push(buffer);
    this.#wakeUp();
  }

  /** Nobody waits any more: threads were ended. */
  close(): void {
    this.#isClosed = true;
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#returned.resolve();
    this.#returned = Promise.withResolvers<void>();
  }
}
