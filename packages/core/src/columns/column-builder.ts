import { CalveError } from '../errors/calve-error.ts';
import type { ColumnData } from './column-data.ts';

const encoder = new TextEncoder();

/** Bits that grow: the validity of a column, or the values of a boolean one. Least significant bit first. */
export class BitmapBuilder {
  length = 0;
  /** How many of the bits are set. */
  ones = 0;
  #bits = new Uint8Array(64);

  append(bit: boolean): void {
    if (this.length >> 3 === this.#bits.length) this.#bits = grown(this.#bits, this.#bits.length + 1);
    if (bit) {
      this.#bits[this.length >> 3]! |= 1 << (this.length & 7);
      this.ones += 1;
    }
    this.length += 1;
  }

  /** A copy of the bits, padded with zeros to a whole byte. */
  finish(): Uint8Array {
    return this.#bits.slice(0, (this.length + 7) >> 3);
  }

  /** As validity of a column: nothing when every bit is set. */
  finishValidity(): { validity?: Uint8Array } {
    return this.ones === this.length ? {} : { validity: this.finish() };
  }
}

/** A column of fixed width that grows row by row; for one bit per row use `BitmapBuilder` with `fixedFromBits`. */
export class FixedBuilder {
  readonly width: number;
  readonly #validity = new BitmapBuilder();
  #values = new Uint8Array(1024);
  #view = new DataView(this.#values.buffer);

  /** @param width Bytes per row, at least 1. */
  constructor(width: number) {
    this.width = width;
  }

  get rows(): number {
    return this.#validity.length;
  }

  appendNull(): void {
    this.#next(false);
  }

  appendInt32(value: number): void {
    const at = this.#next(true);
    this.#view.setInt32(at, value, true);
  }

  appendInt64(value: bigint): void {
    const at = this.#next(true);
    this.#view.setBigInt64(at, value, true);
  }

  /** Two's complement in 16 bytes: decimals of more than 18 digits. */
  appendInt128(value: bigint): void {
    const at = this.#next(true);
    this.#view.setBigUint64(at, BigInt.asUintN(64, value), true);
    this.#view.setBigInt64(at + 8, BigInt.asIntN(64, value >> 64n), true);
  }

  appendFloat32(value: number): void {
    const at = this.#next(true);
    this.#view.setFloat32(at, value, true);
  }

  appendFloat64(value: number): void {
    const at = this.#next(true);
    this.#view.setFloat64(at, value, true);
  }

  /** Exactly `width` bytes. */
  appendBytes(bytes: Uint8Array): void {
    const at = this.#next(true);
    this.#values.set(bytes.subarray(0, this.width), at);
  }

  /** The column so far, in memory of its own. */
  finish(): ColumnData {
    const values = this.#values.slice(0, this.rows * this.width);
    return { layout: 'fixed', width: this.width, values, ...this.#validity.finishValidity() };
  }

  #next(valid: boolean): number {
    const at = this.rows * this.width;
    if (at + this.width > this.#values.length) {
      this.#values = grown(this.#values, at + this.width);
      this.#view = new DataView(this.#values.buffer);
    }
    this.#validity.append(valid);
    return at;
  }
}

/** A boolean column from its bits and, where it has nulls, its validity. */
export function fixedFromBits(values: BitmapBuilder, validity?: BitmapBuilder): ColumnData {
  return { layout: 'fixed', width: 0, values: values.finish(), ...validity?.finishValidity() };
}

/** A text or binary column that grows row by row. */
export class OffsetsBuilder {
  readonly #validity = new BitmapBuilder();
  #offsets = new Int32Array(64);
  #bytes = new Uint8Array(1024);
  #length = 0;

  get rows(): number {
    return this.#validity.length;
  }

  appendNull(): void {
    this.#end(false);
  }

  appendText(text: string): void {
    this.appendBytes(encoder.encode(text));
  }

  /** `bytes[start, end)` as one value; by default all of it. */
  appendBytes(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const length = this.#length + end - start;
    if (length > this.#bytes.length) this.#bytes = grown(this.#bytes, length);
    this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length = length;
    this.#end(true);
  }

  /** The column so far, in memory of its own. */
  finish(): ColumnData {
    return {
      layout: 'offsets',
      offsets: this.#offsets.slice(0, this.rows + 1),
      bytes: this.#bytes.slice(0, this.#length),
      ...this.#validity.finishValidity(),
    };
  }

  #end(valid: boolean): void {
    this.#validity.append(valid);
    if (this.rows === this.#offsets.length) {
      const offsets = new Int32Array(this.#offsets.length * 2);
      offsets.set(this.#offsets);
      this.#offsets = offsets;
    }
    this.#offsets[this.rows] = this.#length;
  }
}

function grown(bytes: Uint8Array, atLeast: number): Uint8Array<ArrayBuffer> {
  if (atLeast > 0x7fff_ffff)
    throw new CalveError('INTERNAL', `A column of ${atLeast} bytes was built; one batch holds at most 2 GiB per column.`, {
      recovery: 'report',
    });
  const larger = new Uint8Array(Math.min(0x7fff_ffff, Math.max(atLeast, bytes.length * 2)));
  larger.set(bytes);
  return larger;
}
