/** A value as it stands: not quoted, or quoted so badly that it is taken literally. */
export const RAW_CELL = 0;
/** A value that was quoted; the quotes are outside of its bounds. */
export const QUOTED_CELL = 1;
/** Nothing between two delimiters: null. */
export const NULL_CELL = 2;

/** Bounds and kind of cells in reading order, row after row, in columns that grow. */
export class CellIndex {
  count = 0;
  starts = new Uint32Array(4096);
  ends = new Uint32Array(4096);
  kinds = new Uint8Array(4096);

  add(start: number, end: number, kind: number): void {
    if (this.count === this.starts.length) this.#grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.kinds[this.count] = kind;
    this.count += 1;
  }

  /** Drops the first `count` cells; the others move to the front. */
  dropFirst(count: number): void {
    this.starts.copyWithin(0, count, this.count);
    this.ends.copyWithin(0, count, this.count);
    this.kinds.copyWithin(0, count, this.count);
    this.count -= count;
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
