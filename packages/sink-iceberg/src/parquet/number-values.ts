import { offsetInArena } from '@calve/core/plugin';
import type { ColumnValues } from './column-values.ts';
import { encoderKernels } from './encoder-kernels.ts';

/** Most entries of a dictionary: a slot holds the number of an entry plus 1 in 16 bits, and half of the slots stay free. */
export const MOST_ENTRIES = 32_767;
const MOST_BYTES = 1024 * 1024;
// A column in which more than this many of the first values differ hardly repeats at all.
const TRIAL = 4096;
const TRIAL_ENTRIES = 3700;
// Slots that are looked at in vain, per value: beyond it the values were chosen to collide.
const PATIENCE = 8;

/** What numbering fills in, and needs. Begins at multiples of 8 of its buffers. */
export interface Numbering {
  /** Per value, the number of its entry. */
  indexes: Uint16Array;
  /** Per entry, the row in which it first appears. */
  entryRows: Int32Array;
  /** Two words per entry and two more: the entry itself, or the hash of its bytes. */
  keys: Int32Array;
  /** All zero; a power of two of them. */
  slots: Uint16Array;
}

/**
 * Numbers the distinct values of a column without nulls in the order in which they first appear, by their bytes: both zeros, and NaN of different
 * bits, stay apart.
 *
 * @param width Bytes per value; texts have none.
 * @returns How many differ. 0: given up, since few values repeat, or since there are more than 32,767 of them or 1 MiB.
 */
export function numberValues({ rows, bytes, offsets }: ColumnValues, width: number, numbering: Numbering): number {
  const compiled = encoderKernels.current;
  const values = offsetInArena(bytes);
  const indexes = offsetInArena(numbering.indexes);
  const entryRows = offsetInArena(numbering.entryRows);
  const keys = offsetInArena(numbering.keys);
  const slots = offsetInArena(numbering.slots);
  const places = offsets === null ? 0 : offsetInArena(offsets);
  const slotCount = numbering.slots.length;
  const seen = values >= 0 && indexes >= 0 && entryRows >= 0 && keys >= 0 && slots >= 0 && places >= 0;
  if (offsets === null && width === 4)
    return compiled !== null && seen
      ? compiled.numberWords(values, rows, indexes, entryRows, keys, slots, slotCount)
      : numberWords(new Int32Array(bytes.buffer, bytes.byteOffset, rows), rows, numbering);
  if (offsets === null && width === 8)
    return compiled !== null && seen
      ? compiled.numberPairs(values, rows, indexes, entryRows, keys, slots, slotCount)
      : numberPairs(new Int32Array(bytes.buffer, bytes.byteOffset, rows * 2), rows, numbering);
  return compiled !== null && seen
    ? compiled.numberTexts(values, places, width, rows, indexes, entryRows, keys, slots, slotCount)
    : numberBytes(bytes, offsets, width, rows, numbering);
}

function numberWords(words: Int32Array, count: number, { indexes, entryRows, keys, slots }: Numbering): number {
  const mask = slots.length - 1;
  let entries = 0;
  let patience = count * PATIENCE;
  for (let i = 0; i < count; i++) {
    const word = words[i]!;
    let slot = mixed(word) & mask;
    let known = slots[slot]!;
    while (known !== 0 && keys[known * 2] !== word) {
      if (patience-- === 0) return 0;
      slot = (slot + 1) & mask;
      known = slots[slot]!;
    }
    if (known === 0) {
      if (entries === MOST_ENTRIES || (i < TRIAL && entries === TRIAL_ENTRIES)) return 0;
      entryRows[entries++] = i;
      known = entries;
      slots[slot] = known;
      keys[known * 2] = word;
    }
    indexes[i] = known - 1;
  }
  return entries;
}

function numberPairs(words: Int32Array, count: number, { indexes, entryRows, keys, slots }: Numbering): number {
  const mask = slots.length - 1;
  let entries = 0;
  let patience = count * PATIENCE;
  for (let i = 0; i < count; i++) {
    const low = words[i * 2]!;
    const high = words[i * 2 + 1]!;
    let slot = mixed(low ^ Math.imul(high, 0x85eb_ca6b)) & mask;
    let known = slots[slot]!;
    while (known !== 0 && (keys[known * 2] !== low || keys[known * 2 + 1] !== high)) {
      if (patience-- === 0) return 0;
      slot = (slot + 1) & mask;
      known = slots[slot]!;
    }
    if (known === 0) {
      if (entries === MOST_ENTRIES || (i < TRIAL && entries === TRIAL_ENTRIES)) return 0;
      entryRows[entries++] = i;
      known = entries;
      slots[slot] = known;
      keys[known * 2] = low;
      keys[known * 2 + 1] = high;
    }
    indexes[i] = known - 1;
  }
  return entries;
}

function numberBytes(
  bytes: Uint8Array,
  offsets: Int32Array | null,
  width: number,
  count: number,
  { indexes, entryRows, keys, slots }: Numbering,
): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mask = slots.length - 1;
  let entries = 0;
  let entryBytes = 0;
  let patience = count * PATIENCE;
  for (let i = 0; i < count; i++) {
    const start = offsets === null ? i * width : offsets[i]!;
    const end = offsets === null ? start + width : offsets[i + 1]!;
    const hash = hashOf(view, start, end);
    let slot = hash & mask;
    let known = slots[slot]!;
    while (known !== 0) {
      if (keys[known * 2] === hash) {
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
      entryRows[entries++] = i;
      known = entries;
      slots[slot] = known;
      keys[known * 2] = hash;
    }
    indexes[i] = known - 1;
  }
  return entries;
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
  // The rest are the last bytes of a word that ends with it, the first of them highest: three at most.
  if (end - start >= 4) rest = view.getInt32(end - 4, false) & ((1 << ((end - at) << 3)) - 1);
  else for (; at < end; at++) rest = (rest << 8) | view.getUint8(at);
  return mixed(hash ^ Math.imul(rest, 0x1b87_3593));
}

function areEqual(view: DataView, a: number, aEnd: number, b: number, bEnd: number): boolean {
  if (aEnd - a !== bEnd - b) return false;
  let x = a;
  let y = b;
  for (const whole = aEnd - 3; x < whole; x += 4, y += 4) if (view.getInt32(x, true) !== view.getInt32(y, true)) return false;
  if (x === aEnd) return true;
  // With some that were compared before, the rest is a word too.
  if (aEnd - a >= 4) return view.getInt32(aEnd - 4, true) === view.getInt32(bEnd - 4, true);
  for (; x < aEnd; x++, y++) if (view.getUint8(x) !== view.getUint8(y)) return false;
  return true;
}
