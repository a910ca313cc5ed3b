// Pages and what is collected of them fit in this; a huge value may need more for a while, and that memory is not kept.
const KEPT_BYTES = 4 * 1024 * 1024;

/** Bytes that are appended to. Memory grows by doubling; up to 4 MiB of it are kept when they are cleared. */
export class GrowingBytes {
  /** At least `length` long. Replaced when it has to grow. */
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  /** @param capacity Bytes that fit before the first growth. */
  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `count` bytes behind the last; the caller writes them and raises `length`. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const larger = this.allocate(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.#replace(larger);
  }

  /** What was appended so far. It holds until the next call. */
  view(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
    if (this.bytes.length > KEPT_BYTES) this.#replace(new Uint8Array(0));
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Four bytes, little endian. */
  uint32(value: number): void {
    this.reserve(4);
    writeUint32(this.bytes, this.length, value);
    this.length += 4;
  }

  /** An unsigned LEB128 integer. @param value 0 to 2^53 - 1. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** Memory of any content. */
  protected allocate(bytes: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(bytes);
  }

  /** Takes memory of `allocate` that is not used any more. */
  protected free(_bytes: Uint8Array<ArrayBuffer>): void {}

  #replace(bytes: Uint8Array<ArrayBuffer>): void {
    const former = this.bytes;
    this.bytes = bytes;
    this.free(former);
  }
}

/** Writes four bytes, little endian, at `at`. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 0xff;
  bytes[at + 1] = (value >>> 8) & 0xff;
  bytes[at + 2] = (value >>> 16) & 0xff;
  bytes[at + 3] = value >>> 24;
}
