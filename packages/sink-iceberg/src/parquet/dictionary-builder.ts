import type { ColumnValues, RepeatedValues } from './column-values.ts';
import { indexWidth } from './dictionary-indexes.ts';
import type { PhysicalType } from './physical-type.ts';

const MOST_ENTRIES = 32_767;
const MOST_BYTES = 1024 * 1024;
// A column in which more than this many of the first values differ hardly repeats at all.
const TRIAL = 4096;
const TRIAL_ENTRIES = 2400;
// A slot holds the number of an entry plus 1, so half of the slots stay free.
const MOST_SLOTS = 65_536;
const FEWEST_SLOTS = 64;
// What a dictionary has to save of the bytes; a smaller gain is lost again where the codec would have found it.
const WORTHWHILE = 0.75;
// Slots that are looked at in vain, per value: beyond it the values were chosen to collide.
const PATIENCE = 8;

/**
 * Numbers the distinct values of a column chunk in the order in which they first appear, by their bytes: both zeros, and NaN of
 * different bits, stay apart. Its memory is used again for every chunk.
 */
export class DictionaryBuilder {
  /** Per value, the number of its entry. */
  indexes = new Uint16Array(0);
  /** Per entry, the row in which it first appears. */
  readonly #entryRows = new Int32Array(MOST_ENTRIES + 1);
  /** Per entry, its words, or the hash of its bytes. */
  readonly #low = new Int32Array(MOST_ENTRIES + 1);
  readonly #high = new Int32Array(MOST_ENTRIES + 1);
  readonly #slots = new Uint16Array(MOST_SLOTS);

  /**
   * Builds the dictionary of a chunk, unless one would not pay: few values repeat, there are more than 32,767 entries or 1 MiB of
   * them, or entries and indexes together are not clearly smaller than the values.
   *
   * @param rows Row numbers that have a value; `null`: all rows have one.
   * @returns Row numbers of the entries; they hold until the next call. `null`: no dictionary.
   */
  build(type: PhysicalType, values: ColumnValues, rows: Int32Array | null): Int32Array | null {
    const count = rows === null ? values.rows : rows.length;
    if (count < 2 || type.order === 'boolean') return null;
    this.#reserve(count);
    const slots = this.#emptySlots(count);
    const entries = this.#number(type, values, rows, count, slots);
    if (entries === 0 || entries * 2 > count) return null;
    const entryRows = this.#entryRows.subarray(0, entries);
    return isWorthwhile(type, values, rows, count, entryRows) ? entryRows : null;
  }

  /**
   * Takes the entries of a column that came with them.
   *
   * @param present Row numbers that have a value; `null`: all rows have one.
   * @returns Numbers of the entries among themselves.
   */
  adopt({ rows, indexes, entries }: RepeatedValues, present: Int32Array | null): Int32Array {
    const count = present === null ? rows : present.length;
    this.#reserve(count);
    for (let i = 0; i < count; i++) this.indexes[i] = indexes[present === null ? i : present[i]!]!;
    return Int32Array.from({ length: entries.rows }, (_, entry) => entry);
  }

  #reserve(count: number): void {
    if (this.indexes.length < count) this.indexes = new Uint16Array(Math.max(count, this.indexes.length * 2));
  }

  #emptySlots(count: number): Uint16Array {
    let size = FEWEST_SLOTS;
    while (size < count * 2 && size < MOST_SLOTS) size *= 2;
    return this.#slots.subarray(0, size).fill(0);
  }

  #number(type: PhysicalType, values: ColumnValues, rows: Int32Array | null, count: number, slots: Uint16Array): number {
    const { bytes, offsets } = values;
    if (offsets === null && type.width === 4) return this.#numberWords(new Int32Array(bytes.buffer), rows, count, slots);
    if (offsets === null && type.width === 8) return this.#numberPairs(new Int32Array(bytes.buffer), rows, count, slots);
    return this.#numberBytes(bytes, offsets, type.width, rows, count, slots);
  }

  #numberWords(words: Int32Array, rows: Int32Array | null, count: number, slots: Uint16Array): number {
    const { indexes } = this;
    const entryRows = this.#entryRows;
    const low = this.#low;
    const mask = slots.length - 1;
    let entries = 0;
    let patience = count * PATIENCE;
    for (let i = 0; i < count; i++) {
      const row = rows === null ? i : rows[i]!;
      const word = words[row]!;
      let slot = mixed(word) & mask;
      let known = slots[slot]!;
      while (known !== 0 && low[known] !== word) {
        if (patience-- === 0) return 0;
        slot = (slot + 1) & mask;
        known = slots[slot]!;
      }
      if (known === 0) {
        if (entries === MOST_ENTRIES || (i < TRIAL && entries === TRIAL_ENTRIES)) return 0;
        entryRows[entries++] = row;
        known = entries;
        slots[slot] = known;
        low[known] = word;
      }
      indexes[i] = known - 1;
    }
    return entries;
  }

  #numberPairs(words: Int32Array, rows: Int32Array | null, count: number, slots: Uint16Array): number {
    const { indexes } = this;
    const entryRows = this.#entryRows;
    const low = this.#low;
    const high = this.#high;
    const mask = slots.length - 1;
    let entries = 0;
    let patience = count * PATIENCE;
    for (let i = 0; i < count; i++) {
      const row = rows === null ? i : rows[i]!;
      const lowWord = words[row * 2]!;
      const highWord = words[row * 2 + 1]!;
      let slot = mixed(lowWord ^ Math.imul(highWord, 0x85eb_ca6b)) & mask;
      let known = slots[slot]!;
      while (known !== 0 && (low[known] !== lowWord || high[known] !== highWord)) {
        if (patience-- === 0) return 0;
        slot = (slot + 1) & mask;
        known = slots[slot]!;
      }
      if (known === 0) {
        if (entries === MOST_ENTRIES || (i < TRIAL && entries === TRIAL_ENTRIES)) return 0;
        entryRows[entries++] = row;
        known = entries;
        slots[slot] = known;
        low[known] = lowWord;
        high[known] = highWord;
      }
      indexes[i] = known - 1;
    }
    return entries;
  }

  #numberBytes(
    bytes: Uint8Array,
    offsets: Int32Array | null,
    width: number,
    rows: Int32Array | null,
    count: number,
    slots: Uint16Array,
  ): number {
    const { indexes } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const entryRows = this.#entryRows;
    const hashes = this.#low;
    const mask = slots.length - 1;
    let entries = 0;
    let entryBytes = 0;
    let patience = count * PATIENCE;
    for (let i = 0; i < count; i++) {
      const row = rows === null ? i : rows[i]!;
      const start = offsets === null ? row * width : offsets[row]!;
      const end = offsets === null ? start + width : offsets[row + 1]!;
      const hash = hashOf(view, start, end);
      let slot = hash & mask;
      let known = slots[slot]!;
      while (known !== 0) {
        if (hashes[known] === hash) {
          const other = entryRows[known - 1]!;
          const otherStart = offsets === null ? other * width : offsets[other]!;
          const otherEnd = offsets === null ? otherStart + width : offsets[other + 1]!;
          if (areEqual(view, start, end, otherStart, otherEnd)) break;
        }
        if (patience-- === 0) return 0;
        slot = (slot + 1) & mask;
        known = slots[slot]!;
      }
      if (known === 0) {
        entryBytes += end - start + 4;
        if (entries === MOST_ENTRIES || entryBytes > MOST_BYTES || (i < TRIAL && entries === TRIAL_ENTRIES)) return 0;
        entryRows[entries++] = row;
        known = entries;
        slots[slot] = known;
        hashes[known] = hash;
      }
      indexes[i] = known - 1;
    }
    return entries;
  }
}

function isWorthwhile(
  { storedWidth }: PhysicalType,
  { offsets, bytes }: ColumnValues,
  rows: Int32Array | null,
  count: number,
  entryRows: Int32Array,
): boolean {
  const indexBytes = (count * indexWidth(entryRows.length)) / 8;
  if (offsets === null) return entryRows.length * storedWidth + indexBytes <= count * storedWidth * WORTHWHILE;
  // What lies under a null is empty, so all bytes belong to values.
  const last = rows === null ? count - 1 : rows[count - 1]!;
  const plainBytes = Math.min(offsets[last + 1]!, bytes.length) + count * 4;
  let dictionaryBytes = entryRows.length * 4;
  for (const row of entryRows) dictionaryBytes += offsets[row + 1]! - offsets[row]!;
  return dictionaryBytes + indexBytes <= plainBytes * WORTHWHILE;
}

/** The finalizer of MurmurHash3: every bit of the word moves every bit of the result. */
function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}

/** Four bytes at a time, the rest as one word. */
function hashOf(view: DataView, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (const whole = end - 3; at < whole; at += 4)
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) ^ Math.imul(view.getInt32(at, true), 0xcc9e_2d51);
  let rest = 0;
  for (; at < end; at++) rest = (rest << 8) | view.getUint8(at);
  return mixed(hash ^ Math.imul(rest, 0x1b87_3593));
}

function areEqual(view: DataView, a: number, aEnd: number, b: number, bEnd: number): boolean {
  if (aEnd - a !== bEnd - b) return false;
  let x = a;
  let y = b;
  for (const whole = aEnd - 3; x < whole; x += 4, y += 4) if (view.getInt32(x, true) !== view.getInt32(y, true)) return false;
  for (; x < aEnd; x++, y++) if (view.getUint8(x) !== view.getUint8(y)) return false;
  return true;
}
