/** Bytes `[from, to)` of a file. */
export interface ByteRange {
  from: number;
  to: number;
}

/** Smaller parts are mostly the two records that are cut at their ends … */
const LEAST_BYTES = 8 * 1024;
/** … and so are those with fewer records. */
const LEAST_RECORDS = 32;
/** Parts between head and tail; on remote storage each of them is a request. */
const MOST_PARTS = 15;

/** How much of a budget is for the head: half of it, and what cannot be divided evenly. */
export function headBytesOf(budgetBytes: number): number {
  return budgetBytes - 2 * Math.floor(budgetBytes / 4);
}

/**
 * Where to look behind the head, in file order and without overlap: parts at equal distances, then the tail, which is as long as all
 * of them together. Pure.
 *
 * @param headBytes What was read already; may be more than `headBytesOf` the budget when the first record is long.
 * @param sizeBytes Of the file, more than `budgetBytes`.
 * @param recordBytes Length of an average record, above 0.
 * @param mostBytes No part is longer.
 * @returns Ranges of `budgetBytes - headBytes` bytes at most; none when the head took everything.
 */
export function sampleRanges(
  headBytes: number,
  sizeBytes: number,
  budgetBytes: number,
  recordBytes: number,
  mostBytes = Number.POSITIVE_INFINITY,
): ByteRange[] {
  const left = budgetBytes - headBytes;
  if (left <= 0) return [];
  const tail = { from: sizeBytes - Math.min(mostBytes, Math.ceil(left / 2)), to: sizeBytes };
  const between = Math.floor(left / 2);
  const fitting = Math.floor(between / Math.max(LEAST_BYTES, LEAST_RECORDS * recordBytes));
  const count = Math.max(1, Math.min(MOST_PARTS, fitting));
  const bytes = Math.min(mostBytes, Math.floor(between / count));
  const distance = (tail.from - headBytes) / count;
  const parts = Array.from({ length: bytes > 0 ? count : 0 }, (_, index) => {
    const from = Math.floor(headBytes + distance * (index + 0.5) - bytes / 2);
    return { from, to: from + bytes };
  });
  return [...parts, tail];
}
