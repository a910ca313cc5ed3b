/** Row numbers that grow, four bytes each. */
export class RowList {
  length = 0;
  /** Instead of numbers: every row. */
  all = false;
  #rows = new Uint32Array(16);
  #sealed: Uint32Array | null = null;

  push(row: number): void {
    if (this.length === this.#rows.length) {
      const grown = new Uint32Array(this.length * 2);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows[this.length++] = row;
  }

  at(index: number): number {
    return this.#rows[index]!;
  }

  /** From now on `wasSealed` tells the rows that are here now. They came in ascending order. */
  seal(): void {
    this.#sealed = this.#rows.slice(0, this.length);
  }

  /** Whether a row was here when the list was sealed. */
  wasSealed(row: number): boolean {
    const sealed = this.#sealed;
    if (sealed === null || sealed.length === 0) return false;
    let low = 0;
    let high = sealed.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sealed[middle]! < row) low = middle + 1;
      else high = middle;
    }
    return sealed[low] === row;
  }

  /** In ascending order. */
  sorted(): Uint32Array {
    return this.#rows.slice(0, this.length).sort();
  }
}
