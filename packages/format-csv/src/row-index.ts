/** Bounds and lines of records that wait to become a batch, in columns that grow. */
export class RowIndex {
  rows = 0;
  /** In bytes of the chunk. */
  starts = new Uint32Array(1024);
  ends = new Uint32Array(1024);
  /** Physical line on which the record begins, 1-based. */
  lines = new Float64Array(1024);

  add(start: number, end: number, line: number): void {
    if (this.rows === this.starts.length) this.#grow();
    this.starts[this.rows] = start;
    this.ends[this.rows] = end;
    this.lines[this.rows] = line;
    this.rows += 1;
  }

  #grow(): void {
    const { starts, ends, lines } = this;
    this.starts = new Uint32Array(starts.length * 2);
    this.ends = new Uint32Array(starts.length * 2);
    this.lines = new Float64Array(starts.length * 2);
    this.starts.set(starts);
    this.ends.set(ends);
    this.lines.set(lines);
  }
}
