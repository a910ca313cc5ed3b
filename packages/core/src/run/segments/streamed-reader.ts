import { CalveError } from '../../errors/calve-error.ts';
import type { ByteReader } from '../../source/byte-reader.ts';

/** The stored bytes of a unit as they come from another thread, front to back. */
export class StreamedReader implements ByteReader {
  readonly sizeBytes: number;
  readonly #giveBack: (buffer: ArrayBuffer) => void;
  readonly #onWait: () => void;
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  /** Offset in the unit of the first byte that was not read yet, and where it stands in the first piece. */
  #front: number;
  #consumed = 0;
  #isComplete = false;
  #isClosed = false;
  #wake: (() => void) | null = null;

  /**
   * @param start Offset in the unit of the first byte that will come.
   * @param giveBack Called with the memory of pieces that were read. @param onWait Called before it waits for pieces.
   */
  constructor(sizeBytes: number, start: number, giveBack: (buffer: ArrayBuffer) => void, onWait: () => void) {
    this.sizeBytes = sizeBytes;
    this.#front = start;
    this.#giveBack = giveBack;
    this.#onWait = onWait;
  }

  add(bytes: Uint8Array<ArrayBuffer>, isLast: boolean): void {
    // Whoever sent what nobody reads waits for its memory all the same.
    if (this.#isClosed || bytes.length === 0) this.#giveBack(bytes.buffer);
    else this.#pieces.push(bytes);
    this.#isComplete ||= isLast;
    this.#wake?.();
    this.#wake = null;
  }

  read(target: Uint8Array, offset: number): number | Promise<number> {
    if (offset !== this.#front)
      throw new CalveError(
        'INTERNAL',
        `A decoder in another thread read at ${offset} instead of ${this.#front}: it reads front to back.`,
      );
    return this.#fill(target, 0);
  }

  async verify(): Promise<void> {}

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const piece of this.#pieces.splice(0)) this.#giveBack(piece.buffer);
  }

  #fill(target: Uint8Array, from: number): number | Promise<number> {
    let filled = from;
    while (filled < target.length) {
      const piece = this.#pieces[0];
      if (!piece) {
        if (this.#isComplete) break;
        return this.#more().then(() => this.#fill(target, filled));
      }
      const count = Math.min(target.length - filled, piece.length - this.#consumed);
      target.set(piece.subarray(this.#consumed, this.#consumed + count), filled);
      filled += count;
      this.#front += count;
      this.#consumed += count;
      if (this.#consumed < piece.length) continue;
      this.#pieces.shift();
      this.#consumed = 0;
      this.#giveBack(piece.buffer);
    }
    return filled;
  }

  #more(): Promise<void> {
    this.#onWait();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
