/** Stored bytes that are read and sent at a time. */
const PIECE_BYTES = 1 << 20;
/** Pieces that are kept for the next ones, of all threads together. */
const MOST_KEPT = 32;

/** Memory for stored bytes on their way to threads, which send it back. */
export class PiecePool {
  readonly #free: ArrayBuffer[] = [];

  /** @param most How many bytes there can be; small files take no large pieces. -1: nobody knows. */
  take(most: number): Uint8Array<ArrayBuffer> {
    if (most >= 0 && most < PIECE_BYTES / 2) return new Uint8Array(most);
    return new Uint8Array(this.#free.pop() ?? new ArrayBuffer(PIECE_BYTES));
  }

  giveBack(buffer: ArrayBuffer): void {
    if (buffer.byteLength === PIECE_BYTES && this.#free.length < MOST_KEPT) this.#free.push(buffer);
  }
}
