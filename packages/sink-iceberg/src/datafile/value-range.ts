import type { ColumnType } from '@calve/core/plugin';
import { CalveError, typeText } from '@calve/core/plugin';
import {
  BOUND_LENGTH,
  codePointsEnd,
  compareBytes,
  lowerBinaryBound,
  lowerTextBound,
  upperBinaryBound,
  upperTextBound,
} from '../spec/bounds.ts';
import type { SingleValue } from '../spec/single-value.ts';
import { encodeSingleValue } from '../spec/single-value.ts';
import { storedDecimal } from '../spec/stored-value.ts';
import type { FixedBuffer } from './fixed-buffer.ts';
import { TextBuffer } from './text-buffer.ts';

/** Smallest and largest value of a column in one file, NaN and null left out; -0 is below +0. */
export class ValueRange {
  readonly #type: ColumnType;
  readonly #length: number;
  #lowest: SingleValue | undefined;
  #highest: SingleValue | undefined;

  /** @param type One without fields of its own. @param length Code points or bytes of a bound; 0: there are none. */
  constructor(type: ColumnType, length = BOUND_LENGTH) {
    this.#type = type;
    this.#length = length;
  }

  /** True for the types that have NaN. */
  get isFloating(): boolean {
    return this.#type.kind === 'float32' || this.#type.kind === 'float64';
  }

  /** Takes in all rows of a buffer; nothing of it is kept. @returns How many of them are NaN. */
  add(buffer: FixedBuffer | TextBuffer): number {
    if (buffer instanceof TextBuffer) this.#addText(buffer);
    else if (this.isFloating) return this.#addFloats(buffer);
    else this.#addFixed(buffer);
    return 0;
  }

  /** The bounds as manifests hold them; missing when there is no value, or no bound that is short enough. */
  bounds(): { lower?: Uint8Array; upper?: Uint8Array } {
    if (this.#lowest === undefined || this.#highest === undefined || this.#length === 0) return {};
    if (compareValues(this.#lowest, this.#highest) > 0)
      throw new CalveError('INTERNAL', `The lower bound of a ${typeText(this.#type)} column is above its upper bound.`);
    const lower = this.#encode(this.#lowest);
    const upper = this.#encode(this.#highest);
    switch (this.#type.kind) {
      case 'string':
        return withUpper(lowerTextBound(lower, this.#length), upperTextBound(upper, this.#length));
      case 'binary':
      case 'fixed':
        return withUpper(lowerBinaryBound(lower, this.#length), upperBinaryBound(upper, this.#length));
      default:
        return { lower, upper };
    }
  }

  #encode(value: SingleValue): Uint8Array {
    return value instanceof Uint8Array ? value : encodeSingleValue(this.#type, value);
  }

  #take(lowest: SingleValue, highest: SingleValue): void {
    if (this.#lowest === undefined || compareValues(lowest, this.#lowest) < 0) this.#lowest = lowest;
    if (this.#highest === undefined || compareValues(highest, this.#highest) > 0) this.#highest = highest;
  }

  #addFloats({ values, valid, rows, width }: FixedBuffer): number {
    const floats = width === 4 ? new Float32Array(values.buffer, 0, rows) : new Float64Array(values.buffer, 0, rows);
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    let notNumbers = 0;
    let some = false;
    let negativeZero = false;
    let positiveZero = false;
    for (let row = 0; row < rows; row++) {
      if (valid[row] === 0) continue;
      const value = floats[row]!;
      if (Number.isNaN(value)) {
        notNumbers += 1;
        continue;
      }
      some = true;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
      if (value === 0) {
        if (Object.is(value, -0)) negativeZero = true;
        else positiveZero = true;
      }
    }
    if (some) this.#take(lowest === 0 && negativeZero ? -0 : lowest + 0, highest === 0 && !positiveZero ? -0 : highest + 0);
    return notNumbers;
  }

  #addFixed(buffer: FixedBuffer): void {
    const isLess = lessThan(this.#type, buffer);
    let lowest = -1;
    let highest = -1;
    for (let row = 0; row < buffer.rows; row++) {
      if (buffer.valid[row] === 0) continue;
      if (lowest === -1) {
        lowest = row;
        highest = row;
      } else if (isLess(row, lowest)) lowest = row;
      else if (isLess(highest, row)) highest = row;
    }
    if (lowest !== -1) this.#take(fixedValue(this.#type, buffer, lowest), fixedValue(this.#type, buffer, highest));
  }

  #addText({ bytes, offsets, valid, rows }: TextBuffer): void {
    let lowest = -1;
    let highest = -1;
    const order = (a: number, b: number): number =>
      compareSlices(bytes, offsets[a]!, offsets[a + 1]!, offsets[b]!, offsets[b + 1]!);
    for (let row = 0; row < rows; row++) {
      if (valid[row] === 0) continue;
      if (lowest === -1) {
        lowest = row;
        highest = row;
      } else if (order(row, lowest) < 0) lowest = row;
      else if (order(row, highest) > 0) highest = row;
    }
    if (lowest === -1) return;
    // One code point or byte more than a bound has decides whether a value is cut; the rest of it does not matter.
    const head = (row: number): Uint8Array => {
      const start = offsets[row]!;
      const end = offsets[row + 1]!;
      const isText = this.#type.kind === 'string';
      return bytes.slice(
        start,
        isText ? codePointsEnd(bytes, start, end, this.#length + 1) : Math.min(end, start + this.#length + 1),
      );
    };
    this.#take(head(lowest), head(highest));
  }
}

function withUpper(lower: Uint8Array, upper: Uint8Array | null): { lower: Uint8Array; upper?: Uint8Array } {
  return upper === null ? { lower } : { lower, upper };
}

function compareSlices(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): number {
  for (let x = a, y = b; x < aEnd && y < bEnd; x++, y++) if (bytes[x] !== bytes[y]) return bytes[x]! - bytes[y]!;
  return aEnd - a - (bEnd - b);
}

function compareValues(a: SingleValue, b: SingleValue): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (a === 0 && b === 0) return Object.is(a, b) ? 0 : Object.is(a, -0) ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Order of two rows, without making a value of either. */
function lessThan(type: ColumnType, { values, rows, width }: FixedBuffer): (a: number, b: number) => boolean {
  if (type.kind === 'uuid' || type.kind === 'fixed')
    return (a, b) => compareSlices(values, a * width, (a + 1) * width, b * width, (b + 1) * width) < 0;
  if (width === 1) return (a, b) => values[a]! < values[b]!;
  const words = new Int32Array(values.buffer, 0, rows * (width >> 2));
  if (width === 4) return (a, b) => words[a]! < words[b]!;
  const step = width >> 2;
  return (a, b) => {
    const x = a * step;
    const y = b * step;
    const top = step - 1;
    if (words[x + top] !== words[y + top]) return words[x + top]! < words[y + top]!;
    for (let word = top - 1; word >= 0; word--)
      if (words[x + word] !== words[y + word]) return words[x + word]! >>> 0 < words[y + word]! >>> 0;
    return false;
  };
}

function fixedValue(type: ColumnType, { values, width }: FixedBuffer, row: number): SingleValue {
  const view = new DataView(values.buffer);
  switch (type.kind) {
    case 'boolean':
      return values[row] === 1;
    case 'int32':
    case 'date':
      return view.getInt32(row * 4, true);
    case 'int64':
    case 'time':
    case 'timestamp':
      return view.getBigInt64(row * 8, true);
    case 'decimal':
      return storedDecimal(view, row * width, width);
    default:
      return values.slice(row * width, (row + 1) * width);
  }
}
