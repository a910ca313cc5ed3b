import type { ByteReader } from './byte-reader.ts';

/**
 * Makes the beginning of a reader of unknown size readable again, which by itself reads forward only: keeps what is read until
 * `stopKeeping`, and serves it from memory afterwards. Closing it closes nothing.
 */
export class RememberingReader implements ByteReader {
  readonly sizeBytes = -1;
  readonly #reader: ByteReader;
  /** The first bytes of the content; the rest is room. */
  #kept = new Uint8Array(0);
  #length = 0;
  #isKeeping = true;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** What is read from now on can be read once. */
  stopKeeping(): void {
    this.#isKeeping = false;
  }

  async read(target: Uint8Array, offset: number): Promise<number> {
    let filled = 0;
    if (offset < this.#length) {
      const known = this.#kept.subarray(offset, Math.min(this.#length, offset + target.length));
      target.set(known);
      filled = known.length;
    }
    while (filled < target.length) {
      const got = await this.#reader.read(target.subarray(filled), offset + filled);
      if (got === 0) break;
      if (this.#isKeeping) this.#keep(target.subarray(filled, filled + got));
      filled += got;
    }
    return filled;
  }

  async verify(): Promise<void> {
    await this.#reader.verify();
  }

  async close(): Promise<void> {}

  #keep(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#kept.length) {
      const larger = new Uint8Array(Math.max(length, this.#kept.length * 2));
      larger.set(this.#kept.subarray(0, this.#length));
      this.#kept = larger;
    }
    this.#kept.set(bytes, this.#length);
    this.#length = length;
  }
}
