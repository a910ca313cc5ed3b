// Twin of packages/sink-iceberg/src/parquet/plain-values.ts.

// Past this length a call that copies is faster than a loop.
const long = 64;

/**
 * Writes texts with their lengths before them, four bytes each. Up to 15 bytes more are written behind the last.
 *
 * @param offsets Row `i` is `bytes[offsets[i], offsets[i + 1])`, `i32`.
 * @param rows Row numbers, `i32`; 0: the numbers `[start, end)` themselves.
 * @param start First of `rows` that is taken. @param end Behind the last.
 * @returns Behind the last byte of the last text.
 */
export function plainTexts(bytes: usize, offsets: usize, rows: usize, start: i32, end: i32, target: usize): usize {
  let to = target;
  for (let i = start; i < end; i++) {
    const row = rowAt(rows, i);
    const first = load<i32>(offsets + (row << 2));
    const length = load<i32>(offsets + (row << 2), 4) - first;
    let from = bytes + first;
    store<i32>(to, length);
    to += 4;
    const next = to + length;
    if (length > long) memory.copy(to, from, length);
    else for (; to < next; to += 16, from += 16) v128.store(to, v128.load(from));
    to = next;
  }
  return to;
}

/** Copies values of `width` bytes of the rows `rows[start, end)`. */
export function gathered(values: usize, width: i32, rows: usize, start: i32, end: i32, target: usize): void {
  let to = target;
  if (width == 8)
    for (let i = start; i < end; i++, to += 8) store<u64>(to, load<u64>(values + (load<i32>(rows + (i << 2)) << 3)));
  else if (width == 4)
    for (let i = start; i < end; i++, to += 4) store<u32>(to, load<u32>(values + (load<i32>(rows + (i << 2)) << 2)));
  else
    for (let i = start; i < end; i++, to += width) memory.copy(to, values + load<i32>(rows + (i << 2)) * width, width);
}

/** Copies the lower four of the eight bytes of each value. @param rows As of `plainTexts`. */
export function lowWords(values: usize, rows: usize, start: i32, end: i32, target: usize): void {
  let to = target;
  for (let i = start; i < end; i++, to += 4) store<u32>(to, load<u32>(values + (rowAt(rows, i) << 3)));
}

/** Copies the lower `stored`, 9 to 16, of the 16 bytes of each value, the highest of them first. Up to 16 bytes more are written behind the last. */
export function bigEndian(values: usize, stored: i32, rows: usize, start: i32, end: i32, target: usize): void {
  let to = target;
  const dropped = (16 - stored) << 3;
  for (let i = start; i < end; i++, to += stored) {
    const value = values + (rowAt(rows, i) << 4);
    const low = bswap<u64>(load<u64>(value));
    const high = bswap<u64>(load<u64>(value, 8));
    // The 16 bytes as one big-endian number, without the first of them.
    if (dropped == 0) {
      store<u64>(to, high);
      store<u64>(to, low, 8);
    } else {
      store<u64>(to, (high >> dropped) | (low << (64 - dropped)));
      store<u64>(to, low >> dropped, 8);
    }
  }
}

// @ts-ignore: decorator
@inline
function rowAt(rows: usize, i: i32): i32 {
  return rows == 0 ? i : load<i32>(rows + (i << 2));
}
