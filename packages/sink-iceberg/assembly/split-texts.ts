// Twin of packages/sink-iceberg/src/datafile/plain-column.ts.

// Past this length a call that copies is faster than a loop.
const long: usize = 64;

/**
 * Takes the lengths out of texts that stand one behind the other, four bytes before each. Up to 15 bytes more are read and written behind the last.
 *
 * @param source Where the length of the first one stands. @param end Behind the page.
 * @param offsets Gets where each text begins in `target`, `i32`, and where the last one ends.
 * @param target Has room for what is between `source` and `end`, less the lengths.
 * @returns Behind the last byte of the last text; 0: the page has fewer texts.
 */
export function splitTexts(source: usize, end: usize, count: i32, offsets: usize, target: usize): usize {
  let from = source;
  let at = target;
  store<i32>(offsets, 0);
  for (let row = 1; row <= count; row++) {
    if (end - from < 4) return 0;
    const length: usize = load<u32>(from);
    from += 4;
    if (length > end - from) return 0;
    const next = from + length;
    if (length > long) memory.copy(at, from, length);
    else for (let to = at; from < next; to += 16, from += 16) v128.store(to, v128.load(from));
    at += length;
    from = next;
    store<i32>(offsets + (row << 2), <i32>(at - target));
  }
  return from;
}
