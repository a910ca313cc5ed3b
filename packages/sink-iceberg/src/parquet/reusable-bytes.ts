import { giveBytesBack, takeBytes } from '@calve/core/plugin';

/** Memory that is used for one thing after the other, in the arena where there is room. It is kept until `release`. */
export class ReusableBytes {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  /** At least so many bytes, whatever they hold. What was given before must not be used any more. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    if (this.#bytes.length < bytes) {
      giveBytesBack(this.#bytes);
      this.#bytes = takeBytes(bytes);
    }
    return this.#bytes;
  }

  /** `count` numbers of 16 bits, whatever they are. */
  takeUint16(count: number): Uint16Array<ArrayBuffer> {
    const { buffer, byteOffset } = this.take(count * 2);
    return new Uint16Array(buffer, byteOffset, count);
  }

  /** `count` numbers of 32 bits, whatever they are. */
  takeInt32(count: number): Int32Array<ArrayBuffer> {
    const { buffer, byteOffset } = this.take(count * 4);
    return new Int32Array(buffer, byteOffset, count);
  }

  /** Gives the memory back; more can be taken afterwards. */
  release(): void {
    const bytes = this.#bytes;
    this.#bytes = new Uint8Array(0);
    giveBytesBack(bytes);
  }
}
