/**
 * One column of a row group. `bytes` begins at the start of its `ArrayBuffer`, so that typed arrays can be laid over it.
 *
 * Of fixed width: little endian, one byte 0 or 1 per boolean. Otherwise row `i` is `bytes[offsets[i], offsets[i + 1])`, empty under a
 * null.
 */
export interface ColumnValues {
  rows: number;
  nulls: number;
  /** One byte per row: 1 has a value, 0 null. Longer than `rows`. */
  valid: Uint8Array;
  bytes: Uint8Array;
  offsets: Int32Array | null;
}

/** A column of a row group of which few values differ: row `i` has the value `indexes[i]` of `entries`. */
export interface RepeatedValues {
  rows: number;
  nulls: number;
  /** One byte per row: 1 has a value, 0 null. Longer than `rows`. */
  valid: Uint8Array;
  /** Longer than `rows`; anything under a null. */
  indexes: Int32Array;
  /** At most 32,767, all of them different and used. */
  entries: ColumnValues;
}

/** Numbers of the rows that have a value, ascending. @returns `null` when all of them have one. @param memory For the result, if it is large enough. */
export function presentRows(
  { rows, nulls, valid }: Pick<ColumnValues, 'rows' | 'nulls' | 'valid'>,
  memory: Int32Array,
): Int32Array | null {
  if (nulls === 0) return null;
  const present = memory.length >= rows ? memory : new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    // Always written, kept only where there is a value: no branch for the processor to guess.
    present[count] = row;
    count += valid[row]!;
  }
  return present.subarray(0, count);
}
