/**
 * One column of a row group. `bytes` begins at a multiple of 8 of its `ArrayBuffer`, so that typed arrays can be laid over it.
 *
 * Of fixed width: little endian, one byte 0 or 1 per boolean, anything under a null. Otherwise row `i` is `bytes[offsets[i], offsets[i + 1])`,
 * empty under a null.
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
