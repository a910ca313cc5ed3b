// Twin of packages/sink-iceberg/src/parquet/number-values.ts: the same numbers, and given up at the same value.
import { areEqual } from './text-order.ts';

const mostEntries = 32767;
const mostBytes = 1048576;
const trial = 4096;
const trialEntries = 3700;
const patiencePerValue = 8;

/**
 * Numbers the distinct values of 4 bytes in the order in which they first appear.
 *
 * @param indexes Per value the number of its entry, `u16`.
 * @param entryRows Per entry the row in which it first appears, `i32`.
 * @param keys Memory: 8 bytes per entry, and 8 more.
 * @param slots Memory: `slotCount` times 2 bytes, all zero; a power of two.
 * @returns How many entries there are; 0: given up.
 */
export function numberWords(values: usize, count: i32, indexes: usize, entryRows: usize, keys: usize, slots: usize, slotCount: i32): i32 {
  return numberValues<u32>(values, count, indexes, entryRows, keys, slots, slotCount);
}

/** The same for values of 8 bytes. */
export function numberPairs(values: usize, count: i32, indexes: usize, entryRows: usize, keys: usize, slots: usize, slotCount: i32): i32 {
  return numberValues<u64>(values, count, indexes, entryRows, keys, slots, slotCount);
}

// @ts-ignore: decorator
@inline
function numberValues<Value>(values: usize, count: i32, indexes: usize, entryRows: usize, keys: usize, slots: usize, slotCount: i32): i32 {
  const mask = slotCount - 1;
  let entries = 0;
  let patience: i64 = <i64>count * patiencePerValue;
  for (let i = 0; i < count; i++) {
    const value = load<Value>(values + (<usize>i << alignof<Value>()));
    let slot = mixed(wordOf<Value>(value)) & mask;
    let known = <i32>load<u16>(slots + (slot << 1));
    while (known != 0 && load<Value>(keys + (known << 3)) != value) {
      if (patience-- == 0) return 0;
      slot = (slot + 1) & mask;
      known = load<u16>(slots + (slot << 1));
    }
    if (known == 0) {
      if (entries == mostEntries || (i < trial && entries == trialEntries)) return 0;
      store<i32>(entryRows + (entries++ << 2), i);
      known = entries;
      store<u16>(slots + (slot << 1), <u16>known);
      store<Value>(keys + (known << 3), value);
    }
    store<u16>(indexes + (i << 1), <u16>(known - 1));
  }
  return entries;
}

/** All bits of a value of 4 or 8 bytes in one word. */
// @ts-ignore: decorator
@inline
function wordOf<Value>(value: Value): i32 {
  if (sizeof<Value>() == 4) return <i32>value;
  return <i32>value ^ (<i32>(<u64>value >> 32) * <i32>0x85ebca6b);
}

/**
 * The same for texts and bytes.
 *
 * @param offsets Row `i` is `bytes[offsets[i], offsets[i + 1])`, `i32`; 0: every row has `width` bytes.
 */
export function numberTexts(
  bytes: usize,
  offsets: usize,
  width: i32,
  count: i32,
  indexes: usize,
  entryRows: usize,
  keys: usize,
  slots: usize,
  slotCount: i32,
): i32 {
  const mask = slotCount - 1;
  let entries = 0;
  let entryBytes = 0;
  let patience: i64 = <i64>count * patiencePerValue;
  for (let i = 0; i < count; i++) {
    const start = offsets == 0 ? i * width : load<i32>(offsets + (i << 2));
    const length = offsets == 0 ? width : load<i32>(offsets + (i << 2), 4) - start;
    const text = bytes + start;
    const hash = hashOf(text, length);
    const key = length < 8 ? shortKey(text, length) : longKey | <u64>(<u32>hash);
    let slot = hash & mask;
    let known = <i32>load<u16>(slots + (slot << 1));
    while (known != 0) {
      if (load<u64>(keys + (known << 3)) == key) {
        if (length < 8) break;
        const other = load<i32>(entryRows + ((known - 1) << 2));
        const otherStart = offsets == 0 ? other * width : load<i32>(offsets + (other << 2));
        const otherLength = offsets == 0 ? width : load<i32>(offsets + (other << 2), 4) - otherStart;
        if (otherLength == length && areEqual(text, bytes + otherStart, length)) break;
      }
      if (patience-- == 0) return 0;
      slot = (slot + 1) & mask;
      known = load<u16>(slots + (slot << 1));
    }
    if (known == 0) {
      entryBytes += length + 4;
      if (entries == mostEntries || entryBytes > mostBytes || (i < trial && entries == trialEntries)) return 0;
      store<i32>(entryRows + (entries++ << 2), i);
      known = entries;
      store<u16>(slots + (slot << 1), <u16>known);
      store<u64>(keys + (known << 3), key);
    }
    store<u16>(indexes + (i << 1), <u16>(known - 1));
  }
  return entries;
}

/** In the highest byte of the key of a text that is more than seven bytes, where others have their length. */
const longKey: u64 = 0xff00000000000000;

/** A text of up to seven bytes and its length as one number: it needs no comparison. */
// @ts-ignore: decorator
@inline
function shortKey(text: usize, length: i32): u64 {
  return (load<u64>(text) & ((<u64>1 << (<u64>length << 3)) - 1)) | (<u64>length << 56);
}

/** The finalizer of MurmurHash3: every bit of the word moves every bit of the result. */
// @ts-ignore: decorator
@inline
function mixed(word: i32): i32 {
  let hash: u32 = (<u32>word ^ (<u32>word >> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
  return <i32>(hash ^ (hash >> 16));
}

/** Four bytes at a time, the rest as one word. */
// @ts-ignore: decorator
@inline
function hashOf(text: usize, length: i32): i32 {
  let hash: u32 = length;
  let at = text;
  const end = text + length;
  for (const whole = end - 3; at < whole; at += 4) hash = (rotl<u32>(hash, 13) * 5) ^ (load<u32>(at) * 0xcc9e2d51);
  // What is left of one to three bytes, the first of them highest.
  const rest: u32 = at < end ? bswap<u32>(load<u32>(at)) >> (<u32>(4 - (end - at)) << 3) : 0;
  return mixed(<i32>(hash ^ (rest * 0x1b873593)));
}
