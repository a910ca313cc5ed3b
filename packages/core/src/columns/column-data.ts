/**
 * One column of a batch in Apache Arrow's memory layout, without Arrow's classes.
 *
 * `validity`: one bit per row, least significant bit first, 1 = has a value; absent = no nulls. What lies under a null means nothing.
 * Maps are lists of key/value structs.
 */
export type ColumnData = { validity?: Uint8Array } & (
  | FixedColumn
  | OffsetsColumn
  | CellsColumn
  | DictionaryColumn
  | { layout: 'struct'; children: ColumnData[] }
  | { layout: 'list'; offsets: Int32Array; element: ColumnData }
);

/** `width` bytes per row, little endian; 0: one bit per row, least significant first. `values` may begin at any byte of its buffer. */
export interface FixedColumn {
  layout: 'fixed';
  width: number;
  values: Uint8Array;
}

/** Text or bytes: row `i` is `bytes[offsets[i], offsets[i + 1])`. */
export interface OffsetsColumn {
  layout: 'offsets';
  offsets: Int32Array;
  bytes: Uint8Array;
}

/**
 * Text still inside the file's own bytes: row `i` is `source[starts[i], ends[i])`, quotes excluded. A cell that had to be rewritten
 * stands behind the chunk in the same `source`. Always valid UTF-8.
 */
export interface CellsColumn {
  layout: 'cells';
  source: Uint8Array;
  starts: Uint32Array;
  ends: Uint32Array;
  /** Per row: 0 raw, 1 quoted, 2 quoted and still escaped as `escaping` says. Absent: all raw. */
  quoted?: Uint8Array;
  escaping: 'none' | 'doubled-quote' | 'character' | 'json';
  /** The quote for `doubled-quote`, the escape character for `character`: one byte. */
  escape?: number;
}

/** Row `i` is row `indexes[i]` of `values`. The validity that counts is this column's own. */
export interface DictionaryColumn {
  layout: 'dictionary';
  indexes: Int32Array;
  values: ColumnData;
}

/** True when row `row` has a value. */
export function isValid(column: ColumnData, row: number): boolean {
  const { validity } = column;
  return validity === undefined || ((validity[row >> 3] as number) & (1 << (row & 7))) !== 0;
}
