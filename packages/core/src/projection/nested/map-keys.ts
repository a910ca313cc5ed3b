import type { ColumnData } from '../../columns/column-data.ts';

const FEW = 8;

/** Finds keys that a map has twice: typed values are compared by their bytes. Keeps its working memory. */
export class DuplicateKeys {
  #slots = new Int32Array(64);

  /** True when two of the keys `[start, end)` of a typed column are equal. None of them is null. */
  has(keys: ColumnData, start: number, end: number): boolean {
    return end - start <= FEW ? hasAmongFew(keys, start, end) : this.#hasAmongMany(keys, start, end);
  }

  /** Open addressing: a slot holds the place of a key, counted from 1. */
  #hasAmongMany(keys: ColumnData, start: number, end: number): boolean {
    let size = 64;
    while (size < (end - start) * 2) size *= 2;
    if (this.#slots.length < size) this.#slots = new Int32Array(size);
    const slots = this.#slots.fill(0, 0, size);
    for (let key = start; key < end; key++) {
      let slot = hashOf(keys, key) & (size - 1);
      for (; slots[slot] !== 0; slot = (slot + 1) & (size - 1)) {
        if (areEqual(keys, start + slots[slot]! - 1, key)) return true;
      }
      slots[slot] = key - start + 1;
    }
    return false;
  }
}

function hasAmongFew(keys: ColumnData, start: number, end: number): boolean {
  for (let key = start + 1; key < end; key++) {
    for (let other = start; other < key; other++) if (areEqual(keys, other, key)) return true;
  }
  return false;
}

function areEqual(keys: ColumnData, a: number, b: number): boolean {
  if (keys.layout === 'fixed' && keys.width === 0) return bitOf(keys.values, a) === bitOf(keys.values, b);
  const { bytes, startOf } = bytesOf(keys);
  const from = startOf(a);
  const to = startOf(b);
  const length = startOf(a + 1) - from;
  if (startOf(b + 1) - to !== length) return false;
  for (let at = 0; at < length; at++) if (bytes[from + at] !== bytes[to + at]) return false;
  return true;
}

/** FNV-1a. */
function hashOf(keys: ColumnData, key: number): number {
  if (keys.layout === 'fixed' && keys.width === 0) return bitOf(keys.values, key);
  const { bytes, startOf } = bytesOf(keys);
  let hash = 0x811c9dc5;
  for (let at = startOf(key), end = startOf(key + 1); at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** What a kernel makes is fixed or by offsets. */
function bytesOf(keys: ColumnData): { bytes: Uint8Array; startOf(key: number): number } {
  if (keys.layout === 'offsets') return { bytes: keys.bytes, startOf: (key) => keys.offsets[key]! };
  const { values, width } = keys as ColumnData & { layout: 'fixed' };
  return { bytes: values, startOf: (key) => key * width };
}

function bitOf(bits: Uint8Array, at: number): number {
  return (bits[at >> 3]! >> (at & 7)) & 1;
}
