import { giveBytesBack, takeBytes } from '@calve/core/plugin';
import { GrowingBytes } from './growing-bytes.ts';

/** Growing bytes where compiled kernels can write them, as long as the arena has room. They take memory with the first byte. */
export class PageBytes extends GrowingBytes {
  readonly #first: number;

  /** @param first Bytes that are taken at least. */
  constructor(first: number) {
    super(0);
    this.#first = first;
  }

  /** Forgets all bytes and gives the memory back. More can be appended afterwards. */
  release(): void {
    const { bytes } = this;
    this.bytes = new Uint8Array(0);
    this.length = 0;
    giveBytesBack(bytes);
  }

  protected override allocate(bytes: number): Uint8Array<ArrayBuffer> {
    return takeBytes(Math.max(bytes, this.#first));
  }

  protected override free(bytes: Uint8Array<ArrayBuffer>): void {
    giveBytesBack(bytes);
  }
}
