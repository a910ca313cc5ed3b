/** Where pending rows stand. */
export class RowIndex {
  rows = 0;
  starts = new Uint32Array(1024);
  ends = new Uint32Array(1024);
  lines = new Float64Array(1024);

  add(start: number, end: number, line: number): void {
    if (this.rows === this.starts.length) {
      this.starts = grown(new Uint32Array(this.rows * 2), this.starts);
      this.ends = grown(new Uint32Array(this.rows * 2), this.ends);
      this.lines = grown(new Float64Array(this.rows * 2), this.lines);
    }
    this.starts[this.rows] = start;
    this.ends[this.rows] = end;
    this.lines[this.rows] = line;
    this.rows += 1;
  }
}

function grown<T extends Uint32Array | Float64Array>(larger: T, known: T): T {
  larger.set(known);
  return larger;
}
