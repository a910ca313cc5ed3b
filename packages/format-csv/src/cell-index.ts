/** A value as it stands: not quoted, or quoted so badly that it is taken literally. */
export const RAW_CELL = 0;
/** A value that was quoted; the quotes are outside of its bounds. */
export const QUOTED_CELL = 1;
/** Nothing between two delimiters: null. Another number than the one that a column of cells has for text that is still escaped. */
export const NULL_CELL = 3;

/** Room for the cells of an ordinary record. */
const FIRST_CELLS = 128;

/** Bounds and kinds of cells in reading order, in columns that grow. */
export class CellIndex {
  count = 0;
  starts = new Uint32Array(FIRST_CELLS);
  ends = new Uint32Array(FIRST_CELLS);
  kinds = new Uint8Array(FIRST_CELLS);

  add(start: number, end: number, kind: number): void {
    if (this.count === this.starts.length) this.#grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.kinds[this.count] = kind;
    this.count += 1;
  }

  #grow(): void {
    const { starts, ends, kinds } = this;
    this.starts = new Uint32Array(starts.length * 2);
    this.ends = new Uint32Array(starts.length * 2);
    this.kinds = new Uint8Array(starts.length * 2);
    this.starts.set(starts);
    this.ends.set(ends);
    this.kinds.set(kinds);
  }
}
