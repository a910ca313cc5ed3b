import type { ColumnType } from '@calve/core/plugin';
import { CalveError, typeText } from '@calve/core/plugin';
import type { ExtremeRows } from '../parquet/extreme-rows.ts';
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

interface ValueExtremes {
  lowest: SingleValue;
  highest: SingleValue;
}

/** What a range knows; survives a structured clone. */
export interface ValueRangeState {
  type: ColumnType;
  length: number;
  extremes: ValueExtremes | null;
}

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

  /** Takes in the smallest and the largest value of a buffer; nothing of it is kept. */
  take(buffer: FixedBuffer | TextBuffer, { lowest, highest }: ExtremeRows): void {
    if (lowest === -1 || this.#length === 0) return;
    this.widen({ lowest: this.#valueAt(buffer, lowest), highest: this.#valueAt(buffer, highest) });
  }

  /** All that there is of the range, for one of the same column in another thread. */
  get state(): ValueRangeState {
    const lowest = this.#lowest;
    const highest = this.#highest;
    const extremes = lowest === undefined || highest === undefined ? null : { lowest, highest };
    return { type: this.#type, length: this.#length, extremes };
  }

  /** Takes in what another range of the same column took in. */
  widen({ lowest, highest }: ValueExtremes): void {
    if (this.#lowest === undefined || compareValues(lowest, this.#lowest) < 0) this.#lowest = lowest;
    if (this.#highest === undefined || compareValues(highest, this.#highest) > 0) this.#highest = highest;
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

  #valueAt(buffer: FixedBuffer | TextBuffer, row: number): SingleValue {
    if (!(buffer instanceof TextBuffer)) return fixedValue(this.#type, buffer, row);
    const { bytes, offsets } = buffer;
    const start = offsets[row]!;
    const end = offsets[row + 1]!;
    // One code point or byte more than a bound has decides whether a value is cut; the rest of it does not matter.
    const isText = this.#type.kind === 'string';
    return bytes.slice(
      start,
      isText ? codePointsEnd(bytes, start, end, this.#length + 1) : Math.min(end, start + this.#length + 1),
    );
  }
}

function withUpper(lower: Uint8Array, upper: Uint8Array | null): { lower: Uint8Array; upper?: Uint8Array } {
  return upper === null ? { lower } : { lower, upper };
}

function compareValues(a: SingleValue, b: SingleValue): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (a === 0 && b === 0) return Object.is(a, b) ? 0 : Object.is(a, -0) ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function fixedValue(type: ColumnType, { values, width }: FixedBuffer, row: number): SingleValue {
  const view = new DataView(values.buffer, values.byteOffset);
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
    case 'float32':
      return view.getFloat32(row * 4, true);
    case 'float64':
      return view.getFloat64(row * 8, true);
    case 'decimal':
      return storedDecimal(view, row * width, width);
    default:
      return values.slice(row * width, (row + 1) * width);
  }
}
