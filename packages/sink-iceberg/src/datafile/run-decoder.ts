/**
 * Numbers in Parquet's hybrid of runs and packed bits, read from front to back as many at a time as are wanted: levels, and places in a dictionary.
 *
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
 */
export class RunDecoder {
  readonly #bytes: Uint8Array;
  readonly #width: number;
  #at: number;
  /** Numbers of the run that are left. */
  #left = 0;
  #isPacked = false;
  #value = 0;
  /** Of the next packed number. */
  #bit = 0;

  /** The largest number that there can be. */
  get most(): number {
    return 2 ** this.#width - 1;
  }

  /** @param start Where the first run begins. @param width Bits of a number, 0 to 32. */
  constructor(bytes: Uint8Array, start: number, width: number) {
    if (width > 32) throw new RangeError(`numbers of ${width} bits`);
    this.#bytes = bytes;
    this.#at = start;
    this.#width = width;
  }

  /** The next `count` numbers. @param numbers Where they go. @throws {RangeError} There are fewer. */
  read(count: number, numbers: Int32Array = new Int32Array(count)): Int32Array {
    if (this.#width === 0) return numbers.fill(0);
    for (let done = 0; done < count; ) {
      if (this.#left === 0) this.#open();
      const taken = Math.min(count - done, this.#left);
      if (this.#isPacked) this.#unpack(numbers, done, taken);
      else numbers.fill(this.#value, done, done + taken);
      this.#left -= taken;
      done += taken;
    }
    return numbers;
  }

  /**
   * Takes the next `count` numbers if all of them are `value` in one run: so it is with the levels of a column without nulls.
   *
   * @returns False: they are not, and none is taken.
   */
  takeRun(value: number, count: number): boolean {
    if (this.#width === 0) return value === 0;
    if (count === 0) return true;
    if (this.#left === 0) this.#open();
    if (this.#isPacked || this.#value !== value || this.#left < count) return false;
    this.#left -= count;
    return true;
  }

  #open(): void {
    const header = this.#varint();
    this.#isPacked = (header & 1) === 1;
    if (this.#isPacked) {
      this.#left = (header >>> 1) * 8;
      this.#bit = this.#at * 8;
      this.#at += (header >>> 1) * this.#width;
      return;
    }
    this.#left = header >>> 1;
    this.#value = 0;
    for (let shift = 0; shift < this.#width; shift += 8) this.#value |= this.#byte(this.#at++) << shift;
  }

  #unpack(numbers: Int32Array, from: number, count: number): void {
    const [bytes, width] = [this.#bytes, this.#width];
    const until = from + count;
    let at = from;
    // Four bytes hold a number and the bits before it.
    if (width <= 24) {
      const mask = 2 ** width - 1;
      let bit = this.#bit;
      const last = (bytes.length - 4) * 8;
      for (; at < until && bit <= last; at++, bit += width) {
        const byte = Math.floor(bit / 8);
        const word = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16) | (bytes[byte + 3]! << 24);
        numbers[at] = (word >>> (bit & 7)) & mask;
      }
      this.#bit = bit;
    }
    for (; at < until; at++) numbers[at] = this.#packed();
  }

  #packed(): number {
    let value = 0;
    for (let have = 0; have < this.#width; ) {
      const offset = this.#bit & 7;
      const take = Math.min(8 - offset, this.#width - have);
      value |= ((this.#byte(Math.floor(this.#bit / 8)) >> offset) & ((1 << take) - 1)) << have;
      have += take;
      this.#bit += take;
    }
    return value;
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte(this.#at++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
      if (shift > 28) throw new RangeError('a run without a length');
    }
  }

  #byte(at: number): number {
    const byte = this.#bytes[at];
    if (byte === undefined) throw new RangeError('a page has fewer values than it says');
    return byte;
  }
}
