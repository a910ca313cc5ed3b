import { CalveError } from '@calve/core/plugin';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Grows as Avro's binary primitives are appended. */
export class AvroWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  boolean(value: boolean): void {
    this.#room(1);
    this.#bytes[this.#length++] = value ? 1 : 0;
  }

  /** Zigzag variable length; an Avro int is written in the same way. */
  long(value: bigint | number): void {
    this.#room(10);
    // Nearly all are lengths, counts and branches of one byte.
    if (value >= -64 && value < 64) {
      const small = Number(value);
      this.#bytes[this.#length++] = small < 0 ? -2 * small - 1 : 2 * small;
      return;
    }
    let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
    while (rest > 0x7fn) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  float(value: number): void {
    this.#room(4);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  double(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Bytes with their length before them. */
  bytes(value: Uint8Array): void {
    this.long(value.length);
    this.fixed(value);
  }

  string(value: string): void {
    this.bytes(encoder.encode(value));
  }

  /** Bytes as they are. */
  fixed(value: Uint8Array): void {
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** What was written; a copy. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/**
 * Reads Avro's binary primitives. No length that the bytes claim is trusted: everything is checked against what is left.
 *
 * Every method throws {CalveError} `ICEBERG_AVRO_INVALID` when the bytes end early or cannot be what they should be.
 */
export class AvroReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    // A Buffer's `slice` is no copy, an array's is.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes that are not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  boolean(): boolean {
    const value = this.#bytes[this.#take(1)];
    if (value !== 0 && value !== 1) throw avroInvalid(`a boolean is ${value}`);
    return value === 1;
  }

  long(): bigint {
    const first = this.#bytes[this.#at];
    if (first !== undefined && first < 0x80) {
      this.#at += 1;
      return BigInt((first >> 1) ^ -(first & 1));
    }
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#take(1)] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (value > 0xffffffffffffffffn) break;
        return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
      }
    }
    throw avroInvalid('a number has more than 64 bits');
  }

  int(): number {
    const value = Number(this.long());
    if (value !== (value | 0)) throw avroInvalid(`an int is ${value}`);
    return value;
  }

  float(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A copy of bytes with their length before them. */
  bytes(): Uint8Array {
    return this.fixed(this.size());
  }

  string(): string {
    try {
      return decoder.decode(this.bytes());
    } catch (cause) {
      if (CalveError.is(cause)) throw cause;
      throw avroInvalid('a text is not valid UTF-8', cause);
    }
  }

  fixed(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.slice(start, start + length);
  }

  /** A length that is followed by so many bytes. */
  size(): number {
    const value = this.long();
    if (value < 0n || value > BigInt(this.left)) throw avroInvalid(`a length is ${value}, but ${this.left} bytes are left`);
    return Number(value);
  }

  #take(bytes: number): number {
    if (bytes > this.left) throw avroInvalid(`${bytes} bytes are needed, but ${this.left} are left`);
    const start = this.#at;
    this.#at += bytes;
    return start;
  }
}

/** The error of bytes that are not what Avro says. */
export function avroInvalid(why: string, cause?: unknown): CalveError {
  return new CalveError('ICEBERG_AVRO_INVALID', `The Avro file is damaged: ${why}.`, {
    context: { why },
    ...(cause === undefined ? {} : { cause }),
  });
}
