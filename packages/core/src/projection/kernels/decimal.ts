import { writeInt64Digits, writeInt64Number } from '../../columns/int64-words.ts';
import { type FixedReading, fixedColumn } from './fixed-cells.ts';
import { NumberScan } from './scan-number.ts';
import type { TextCells } from './text-cells.ts';
import { cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

const chunkDigits = 9;
const chunkBase = 1e9;
const powersOfTen = Array.from({ length: 16 }, (_, power) => 10 ** power);
/** As many digits are exact in a float64. */
const exactDigits = 15;

/**
 * decimal(precision, scale): a decimal number with up to 2 exponent digits, of any length, rounded half up on its exact value; bad
 * when the rounded value needs more than `precision` digits. Up to 18 digits are 8 bytes wide, more are 16.
 *
 * @param exact No exponent, and a value that would lose a non-zero digit is bad.
 */
export function decimalKernel(precision: number, scale: number, exact: boolean): TextKernel {
  const reader = new DecimalReader(precision, scale, exact);
  const width = precision <= 18 ? 8 : 16;
  const reading: FixedReading = {
    width,
    readRows: (cells, bytes, wanted, view) => readRows(reader, width, cells, bytes, wanted, view),
    readCell: (bytes, start, end, view, row) => reader.read(bytes, start, end, view, row * width),
    compiled: (kernels, at, first, rows, values) =>
      kernels.decimalCells(at.source, at.scratch, at.starts, at.ends, at.states, first, rows, values, precision, scale),
  };
  return { convert: (cells) => fixedColumn(cells, reading) };
}

function readRows(
  reader: DecimalReader,
  width: number,
  cells: TextCells,
  bytes: Uint8Array,
  wanted: number,
  view: DataView,
): void {
  const { starts, ends, states, rows } = cells;
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted || reader.read(bytes, starts[row]!, ends[row]!, view, row * width)) continue;
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}

/** Reads one decimal after another. The unscaled digits are collected nine at a time, most significant first. */
class DecimalReader {
  readonly #precision: number;
  readonly #scale: number;
  readonly #exact: boolean;
  readonly #number = new NumberScan();
  readonly #chunks = new Float64Array(5);
  readonly #limbs = new Float64Array(8);

  constructor(precision: number, scale: number, exact: boolean) {
    this.#precision = precision;
    this.#scale = scale;
    this.#exact = exact;
  }

  /** Writes the unscaled value; false, and nothing is written, when the text is no such decimal. */
  read(bytes: Uint8Array, start: number, end: number, view: DataView, at: number): boolean {
    return this.#readShort(bytes, start, end, view, at) || this.#readAny(bytes, start, end, view, at);
  }

  /** Takes `[+-]?[0-9]{1,9}([.][0-9]{0,9})?` without digits behind the scale, as most decimals are written, and leaves everything else. */
  #readShort(bytes: Uint8Array, start: number, end: number, view: DataView, to: number): boolean {
    const scale = this.#scale;
    const sign = bytes[start];
    let at = sign === 0x2d || sign === 0x2b ? start + 1 : start;
    let whole = 0;
    const wholeStart = at;
    for (; at < end; at++) {
      const digit = bytes[at]! - 0x30;
      if (digit >>> 0 > 9) break;
      whole = (whole * 10 + digit) | 0;
    }
    const wholeDigits = at - wholeStart;
    if (wholeDigits < 1 || wholeDigits > 9 || wholeDigits + scale > exactDigits) return false;
    let value = whole * powersOfTen[scale]!;
    if (at < end) {
      const digits = end - at - 1;
      if (bytes[at] !== 0x2e || digits > scale || digits > 9) return false;
      at++;
      let fraction = 0;
      for (; at < end; at++) {
        const digit = bytes[at]! - 0x30;
        if (digit >>> 0 > 9) return false;
        fraction = (fraction * 10 + digit) | 0;
      }
      value += fraction * powersOfTen[scale - digits]!;
    }
    if (this.#precision < exactDigits && value >= powersOfTen[this.#precision]!) return false;
    if (sign === 0x2d) value = -value;
    writeInt64Number(view, to, value);
    if (this.#precision > 18) {
      const signs = value < 0 ? -1 : 0;
      view.setInt32(to + 8, signs, true);
      view.setInt32(to + 12, signs, true);
    }
    return true;
  }

  #readAny(bytes: Uint8Array, start: number, end: number, view: DataView, at: number): boolean {
    const number = this.#number;
    if (!number.scan(bytes, start, end, 2) || (this.#exact && number.hasExponent)) return false;
    const { digits, leadingZeros } = number;
    const significant = digits - leadingZeros;
    // How many of the significant digits stand left of the last decimal of the type; a zero has none.
    const kept =
      significant === 0 ? 0 : significant + number.exponent - (number.fractionEnd - number.fractionStart) + this.#scale;
    if (kept > this.#precision) return false;
    if (this.#exact && significant > 0 && this.#losesDigits(bytes, leadingZeros + kept)) return false;
    const count = kept > 0 ? Math.ceil(kept / chunkDigits) : 0;
    this.#collect(bytes, kept, count);
    const roundsUp = significant > 0 && kept >= 0 && kept < significant && number.digit(bytes, leadingZeros + kept) >= 5;
    if (roundsUp && !this.#increment(kept, count)) return false;
    this.#write(Math.max(count, 1), view, at);
    return true;
  }

  #losesDigits(bytes: Uint8Array, from: number): boolean {
    for (let index = Math.max(from, 0); index < this.#number.digits; index++) {
      if (this.#number.digit(bytes, index) !== 0) return true;
    }
    return false;
  }

  /** Fills the chunks with the first `kept` significant digits, zeros appended where the number has fewer. */
  #collect(bytes: Uint8Array, kept: number, count: number): void {
    const number = this.#number;
    const chunks = this.#chunks;
    chunks[0] = 0;
    let index = number.leadingZeros;
    let size = kept - (count - 1) * chunkDigits;
    for (let chunk = 0; chunk < count; chunk++) {
      let value = 0;
      for (let digit = 0; digit < size; digit++, index++) {
        value = value * 10 + (index < number.digits ? number.digit(bytes, index) : 0);
      }
      chunks[chunk] = value;
      size = chunkDigits;
    }
  }

  /** Adds one to the unscaled value; false when it then needs more digits than the type has. */
  #increment(kept: number, count: number): boolean {
    const chunks = this.#chunks;
    let chunk = Math.max(count - 1, 0);
    chunks[chunk]! += 1;
    for (; chunk > 0 && chunks[chunk] === chunkBase; chunk--) {
      chunks[chunk] = 0;
      chunks[chunk - 1]! += 1;
    }
    // All nines became a one with `kept` zeros.
    const firstDigits = kept - (count - 1) * chunkDigits;
    return kept < this.#precision || count === 0 || chunks[0]! < powersOfTen[firstDigits]!;
  }

  #write(count: number, view: DataView, at: number): void {
    const chunks = this.#chunks;
    const { negative } = this.#number;
    if (this.#precision <= 18) {
      writeInt64Digits(view, at, count === 2 ? chunks[0]! : 0, chunks[count - 1]!, negative);
      return;
    }
    // 16 bits per limb: a limb times 10^9 stays far below 2^53.
    const limbs = this.#limbs;
    limbs.fill(0);
    for (let chunk = 0; chunk < count; chunk++) {
      let carry = chunks[chunk]!;
      for (let limb = 0; limb < 8; limb++) {
        const product = limbs[limb]! * chunkBase + carry;
        carry = Math.floor(product / 65_536);
        limbs[limb] = product - carry * 65_536;
      }
    }
    let borrow = 1;
    for (let limb = 0; limb < 8; limb++) {
      let word = limbs[limb]!;
      if (negative) {
        word = 65_535 - word + borrow;
        borrow = word >> 16;
      }
      view.setUint16(at + limb * 2, word & 0xffff, true);
    }
  }
}
