import { notADate, readIsoDate } from '../projection/kernels/iso-date.ts';
import { IsoTimestamp, notATimestamp, withZone } from '../projection/kernels/iso-timestamp.ts';
import { numberOf } from '../projection/kernels/number-of.ts';
import { readInt64 } from '../projection/kernels/read-int64.ts';
import { NumberScan } from '../projection/kernels/scan-number.ts';
import { longestTypedText } from '../projection/kernels/text-cells.ts';
import type { CellClass } from './column-statistics.ts';

/** Every class of a cell, narrowest first; `CellClassifier` answers with an index into it. */
export const cellClasses = [
  'boolean',
  'int64',
  'decimal',
  'double',
  'date',
  'timestamp',
  'timestamp-utc',
  'text-number',
  'text',
] as const satisfies readonly CellClass[];

const booleanClass = 0;
export const int64Class = 1;
export const decimalClass = 2;
const doubleClass = 3;
const dateClass = 4;
const timestampClass = 5;
const timestampUtcClass = 6;
export const textNumberClass = 7;
const textClass = 8;

/** Most digits of an exact number. */
export const mostDecimalDigits = 38;

/** Numbers of so many characters are exact in float64. */
const shortNumber = 15;
const exactIntegers = new TextEncoder().encode('9007199254740992');
const scratch = new DataView(new ArrayBuffer(8));

/** Finds the narrowest class of one cell after another, on its bytes. The members describe the last cell when it was a number. */
export class CellClassifier {
  /** A number without exponent and with up to 38 digits: the members below hold. */
  isExact = false;
  /** Digits before the point without leading zeros; zero has none. */
  integerDigits = 0;
  /** Digits after the point as they stand. */
  scale = 0;
  /** Digits after the point without trailing zeros. */
  neededScale = 0;
  /** An int64 column takes it. */
  isInt64 = false;
  /** Float64 cannot keep it: more than 17 significant digits, or beyond 2^53. */
  isNotDouble = false;
  readonly #number = new NumberScan();
  readonly #timestamp = new IsoTimestamp();

  /** The index in `cellClasses` of the text `bytes[start, end)`, which is not empty. */
  classify(bytes: Uint8Array, start: number, end: number): number {
    this.isExact = false;
    const first = bytes[start]!;
    if (first >= 0x30 && first <= 0x39) return this.#classifyDigits(bytes, start, start, end);
    if (first === 0x2d && end > start + 1) return this.#classifyDigits(bytes, start, start + 1, end);
    if (first === 0x2b || first === 0x2e) return this.#classifyNumber(bytes, start, end);
    return isBoolean(bytes, start, end) ? booleanClass : textClass;
  }

  /** `from`: the first byte behind a minus sign. Short integers and decimals, the most frequent cells, end here. */
  #classifyDigits(bytes: Uint8Array, start: number, from: number, end: number): number {
    let at = from;
    while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
    const whole = at - from;
    const behind = at < end ? bytes[at]! : 0;
    // Nothing else than a fraction and an exponent can follow the digits of a number.
    if (at < end && behind !== 0x2e && (behind | 0x20) !== 0x65)
      return end - start > longestTypedText ? textClass : this.#classifyTime(bytes, start, end);
    const isZero = bytes[from] === 0x30;
    if (end - from > shortNumber || whole === 0 || (isZero && whole > 1)) return this.#classifyNumber(bytes, start, end);
    if (at < end) {
      const point = at;
      at++;
      while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
      if (behind !== 0x2e || at < end || at === point + 1) return this.#classifyNumber(bytes, start, end);
      while (bytes[at - 1] === 0x30) at--;
      this.scale = end - point - 1;
      this.neededScale = at - point - 1;
      this.isInt64 = false;
    } else {
      this.scale = 0;
      this.neededScale = 0;
      this.isInt64 = true;
    }
    this.isExact = true;
    this.integerDigits = isZero ? 0 : whole;
    this.isNotDouble = false;
    return this.isInt64 ? int64Class : decimalClass;
  }

  #classifyNumber(bytes: Uint8Array, start: number, end: number): number {
    const number = this.#number;
    if (end - start > longestTypedText) return textClass;
    if (!number.scan(bytes, start, end, 3)) return this.#classifyTime(bytes, start, end);
    const integerLength = number.integerEnd - number.integerStart;
    const isText = bytes[start] === 0x2b || (integerLength > 1 && bytes[number.integerStart] === 0x30);
    if (number.hasExponent) {
      const value = numberOf(number, bytes, start, end);
      const survives = Number.isFinite(value) && (value !== 0 || number.leadingZeros === number.digits);
      if (!survives) return textClass;
      return isText ? textNumberClass : doubleClass;
    }
    this.#measure(bytes, start, end, integerLength);
    if (isText) return textNumberClass;
    if (!this.isExact) return textClass;
    return this.isInt64 ? int64Class : decimalClass;
  }

  #measure(bytes: Uint8Array, start: number, end: number, integerLength: number): void {
    const number = this.#number;
    this.integerDigits = integerLength - Math.min(number.leadingZeros, integerLength);
    this.scale = number.fractionEnd - number.fractionStart;
    this.neededScale = this.scale;
    while (this.neededScale > 0 && bytes[number.fractionStart + this.neededScale - 1] === 0x30) this.neededScale--;
    this.isExact = this.integerDigits + this.scale <= mostDecimalDigits;
    this.isInt64 = number.integerEnd === end && readInt64(bytes, start, end, scratch, 0);
    const significant = number.digits - number.leadingZeros - (this.scale - this.neededScale);
    this.isNotDouble = significant > 17 || this.#isBeyondExactIntegers(bytes);
  }

  #isBeyondExactIntegers(bytes: Uint8Array): boolean {
    if (this.integerDigits !== exactIntegers.length) return this.integerDigits > exactIntegers.length;
    const from = this.#number.integerEnd - exactIntegers.length;
    for (let at = 0; at < exactIntegers.length; at++) {
      if (bytes[from + at] !== exactIntegers[at]) return bytes[from + at]! > exactIntegers[at]!;
    }
    return this.neededScale > 0;
  }

  #classifyTime(bytes: Uint8Array, start: number, end: number): number {
    if (end - start === 10) return readIsoDate(bytes, start) === notADate ? textClass : dateClass;
    const found = this.#timestamp.read(bytes, start, end);
    if (found === notATimestamp) return textClass;
    return found === withZone ? timestampUtcClass : timestampClass;
  }
}

/** `true` or `false`, in any case. */
function isBoolean(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  const first = bytes[start]! | 0x20;
  if (length === 4) return first === 0x74 && isLower(bytes, start + 1, 0x72, 0x75, 0x65);
  return length === 5 && first === 0x66 && (bytes[start + 4]! | 0x20) === 0x65 && isLower(bytes, start + 1, 0x61, 0x6c, 0x73);
}

function isLower(bytes: Uint8Array, at: number, a: number, b: number, c: number): boolean {
  return (bytes[at]! | 0x20) === a && (bytes[at + 1]! | 0x20) === b && (bytes[at + 2]! | 0x20) === c;
}
