// Twin of packages/sink-iceberg/src/parquet/snappy-compressor.ts.

const margin = 15;
const longLiteral = 60;

/**
 * Compresses up to 65,536 bytes in Snappy's block format. Up to 15 bytes more are written behind what is compressed.
 *
 * @param slots Memory: `slotCount` times 2 bytes, all zero; a power of two, at least 256.
 * @returns Behind the last byte that is compressed.
 */
export function snappyFragment(start: usize, end: usize, target: usize, slots: usize, slotCount: i32): usize {
  const shift = clz<i32>(slotCount) + 1;
  const limit = end - margin;
  let to = target;
  let pending = start;
  let at = start + 1;
  while (at <= limit) {
    // The longer nothing is found, the larger the steps.
    let candidate = start;
    for (let patience = 32; at <= limit; at += patience >>> 5, patience++) {
      const slot = slotOf(slots, at, shift);
      candidate = start + load<u16>(slot);
      store<u16>(slot, <u16>(at - start));
      if (load<u32>(candidate) == load<u32>(at)) break;
    }
    if (at > limit) break;
    to = literal(pending, at, to);
    do {
      const length = 4 + equalBytes(candidate + 4, at + 4, end);
      to = copies(to, <i32>(at - candidate), length);
      at += length;
      pending = at;
      if (at > limit) break;
      store<u16>(slotOf(slots, at - 1, shift), <u16>(at - 1 - start));
      const slot = slotOf(slots, at, shift);
      candidate = start + load<u16>(slot);
      store<u16>(slot, <u16>(at - start));
    } while (load<u32>(candidate) == load<u32>(at));
    at += 1;
  }
  return literal(pending, end, to);
}

// @ts-ignore: decorator
@inline
function slotOf(slots: usize, at: usize, shift: i32): usize {
  return slots + (((load<u32>(at) * 0x1e35a7bd) >>> shift) << 1);
}

function equalBytes(a: usize, b: usize, end: usize): i32 {
  let length = 0;
  while (b + length + 8 <= end) {
    const difference = load<u64>(a + length) ^ load<u64>(b + length);
    if (difference != 0) return length + <i32>(ctz<u64>(difference) >> 3);
    length += 8;
  }
  while (b + length < end && load<u8>(a + length) == load<u8>(b + length)) length++;
  return length;
}

function literal(start: usize, end: usize, target: usize): usize {
  const length = <i32>(end - start);
  if (length == 0) return target;
  let to = target;
  const last = length - 1;
  if (last < longLiteral) store<u8>(to++, <u8>(last << 2));
  else if (last < 256) {
    store<u8>(to++, <u8>(longLiteral << 2));
    store<u8>(to++, <u8>last);
  } else {
    store<u8>(to++, <u8>((longLiteral + 1) << 2));
    store<u16>(to, <u16>last);
    to += 2;
  }
  const next = to + length;
  if (length > 64) memory.copy(to, start, length);
  else for (let from = start; to < next; to += 16, from += 16) v128.store(to, v128.load(from));
  return next;
}

/** Copies of at most 64 bytes, none shorter than 4. */
function copies(target: usize, distance: i32, length: i32): usize {
  let to = target;
  let left = length;
  while (left >= 68) {
    to = copy(to, distance, 64);
    left -= 64;
  }
  if (left > 64) {
    to = copy(to, distance, 60);
    left -= 60;
  }
  return copy(to, distance, left);
}

// @ts-ignore: decorator
@inline
function copy(target: usize, distance: i32, length: i32): usize {
  if (length < 12 && distance < 2048) {
    store<u8>(target, <u8>(1 | ((length - 4) << 2) | ((distance >> 8) << 5)));
    store<u8>(target, <u8>distance, 1);
    return target + 2;
  }
  store<u8>(target, <u8>(2 | ((length - 1) << 2)));
  store<u16>(target, <u16>distance, 1);
  return target + 3;
}
