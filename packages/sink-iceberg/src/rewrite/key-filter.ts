import type { ColumnData, ColumnType } from '@calve/core/plugin';

/** Bits per key, at least: of rows without a counterpart one of sixteen passes, or fewer. */
const BITS_PER_KEY = 16;
const FEWEST_BITS = 1024;
/** A filter of more keys passes more rows that have none. */
const MOST_BITS = 2 ** 30;
/** A line of the processor's cache has 512 bits. */
const LINE_BITS = 9;
const LINE_MASK = 511;

/**
 * Tells which rows of the table may have one of the keys, by the first column of the key alone: a row that does not pass has none of them. Two numbers of 32
 * bits are looked at for each row and no key is put together, since nearly all rows of a table have no counterpart.
 */
export class KeyFilter {
  readonly #bits: Int32Array;
  readonly #mask: number;
  readonly #isText: boolean;
  /** Bytes of a value that is looked at; 0: none. */
  readonly #width: number;

  /**
   * @param type Of the first column of the keys.
   * @param keys How many there may be.
   */
  constructor(type: ColumnType, keys: number) {
    let bits = FEWEST_BITS;
    while (bits < keys * BITS_PER_KEY && bits < MOST_BITS) bits *= 2;
    this.#bits = new Int32Array(bits >> 5);
    this.#mask = bits - 1;
    this.#isText = type.kind === 'string' || type.kind === 'binary';
    this.#width = comparedWidth(type);
    // Nothing is known of its values: every row passes.
    if (!this.#isText && this.#width === 0) this.#bits.fill(-1);
  }

  /** What a filter for so many keys takes in memory, at most. */
  static bytes(keys: number): number {
    return Math.min(MOST_BITS, Math.max(FEWEST_BITS, keys * BITS_PER_KEY * 2)) / 8;
  }

  /** Adds the value of a row that has one. */
  add(column: ColumnData, row: number): void {
    const hash = this.#hashOf(column, row);
    // A layout that is not read passes everything.
    if (hash === null) this.#bits.fill(-1);
    else this.#bits[(hash & this.#mask) >>> 5]! |= 1 << (hash & 31);
  }

  /**
   * Rows that may have one of the keys, in ascending order. Null values may pass.
   *
   * @param found Has room for `rows` numbers. @returns How many were found.
   */
  select(column: ColumnData, rows: number, found: Int32Array): number {
    const words = column.layout === 'fixed' && column.width === this.#width ? wordsOf(column.values) : null;
    if (words !== null && this.#width === 8) return this.#selectPairs(words, rows, found);
    if (words !== null && this.#width === 4) return this.#selectWords(words, rows, found);
    if (column.layout === 'offsets' && this.#isText) return this.#selectTexts(column.offsets, column.bytes, rows, found);
    for (let row = 0; row < rows; row++) found[row] = row;
    return rows;
  }

  #hashOf(column: ColumnData, row: number): number | null {
    if (column.layout === 'dictionary') return this.#hashOf(column.values, column.indexes[row]!);
    if (column.layout === 'offsets' && this.#isText)
      return hashText(column.bytes, column.offsets[row]!, column.offsets[row + 1]!);
    if (column.layout !== 'fixed' || column.width !== this.#width) return null;
    const { values } = column;
    const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
    if (this.#width === 4) return hashWord(view.getInt32(row * 4, true));
    return hashPair(view.getInt32(row * 8, true), view.getInt32(row * 8 + 4, true));
  }

  #selectPairs(words: Int32Array, rows: number, found: Int32Array): number {
    const bits = this.#bits;
    const mask = this.#mask;
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const hash = hashPair(words[row * 2]!, words[row * 2 + 1]!);
      // Always written, kept only where it passes: no branch for the processor to guess.
      found[count] = row;
      count += (bits[(hash & mask) >>> 5]! >>> (hash & 31)) & 1;
    }
    return count;
  }

  #selectWords(words: Int32Array, rows: number, found: Int32Array): number {
    const bits = this.#bits;
    const mask = this.#mask;
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const hash = hashWord(words[row]!);
      found[count] = row;
      count += (bits[(hash & mask) >>> 5]! >>> (hash & 31)) & 1;
    }
    return count;
  }

  #selectTexts(offsets: Int32Array, bytes: Uint8Array, rows: number, found: Int32Array): number {
    const bits = this.#bits;
    const mask = this.#mask;
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const hash = hashText(bytes, offsets[row]!, offsets[row + 1]!);
      found[count] = row;
      count += (bits[(hash & mask) >>> 5]! >>> (hash & 31)) & 1;
    }
    return count;
  }
}

/** Bytes of a value, where equal values are equal bytes of four or eight; 0 elsewhere: floating point has two zeros. */
function comparedWidth(type: ColumnType): number {
  switch (type.kind) {
    case 'int32':
    case 'date':
      return 4;
    case 'int64':
    case 'time':
    case 'timestamp':
      return 8;
    case 'decimal':
      return type.precision <= 18 ? 8 : 0;
    default:
      return 0;
  }
}

/** Null where memory does not begin as numbers do. */
function wordsOf({ buffer, byteOffset, length }: Uint8Array): Int32Array | null {
  return byteOffset % 4 === 0 ? new Int32Array(buffer, byteOffset, length >> 2) : null;
}

function hashWord(word: number): number {
  return hashPair(word, 0);
}

/** Values that follow each other, as keys often do, look into memory that stands together. */
function hashPair(low: number, high: number): number {
  return mixed(Math.imul(low >>> LINE_BITS, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) ^ (low & LINE_MASK);
}

function hashText(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return mixed(hash);
}

/** The lower bits decide, so the upper ones are brought down. @see https://github.com/aappleby/smhasher (MurmurHash3, finalizer) */
function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
  return once ^ (once >>> 15);
}
