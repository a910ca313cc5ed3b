/**
 * Which bytes of a fixed space are free: ranges in the order of their addresses, neighbours joined. Taking looks for the lowest range that is
 * large enough, so that what is in use stays together at the bottom and the top is never touched.
 *
 * Both cost as many steps as there are gaps, which are few: most of what is taken is given back before much else is.
 */
export class FreeRanges {
  readonly #starts: number[];
  readonly #ends: number[];

  /** @param end The first address behind the space, which begins at `start`. */
  constructor(start: number, end: number) {
    this.#starts = [start];
    this.#ends = [end];
  }

  /** @returns The address of `size` bytes that belong to the caller from now on, -1 when there is no room in one piece. */
  take(size: number): number {
    const starts = this.#starts;
    const ends = this.#ends;
    for (let range = 0; range < starts.length; range++) {
      const start = starts[range]!;
      if (ends[range]! - start < size) continue;
      if (ends[range]! - start === size) {
        starts.splice(range, 1);
        ends.splice(range, 1);
      } else starts[range] = start + size;
      return start;
    }
    return -1;
  }

  /** Gives `[start, end)` back, which was taken and is joined with what is free on either side. */
  giveBack(start: number, end: number): void {
    const starts = this.#starts;
    const ends = this.#ends;
    const next = this.#firstBehind(start);
    const joinsBefore = next > 0 && ends[next - 1] === start;
    const joinsBehind = next < starts.length && starts[next] === end;
    if (joinsBefore && joinsBehind) {
      ends[next - 1] = ends[next]!;
      starts.splice(next, 1);
      ends.splice(next, 1);
    } else if (joinsBefore) ends[next - 1] = end;
    else if (joinsBehind) starts[next] = start;
    else {
      starts.splice(next, 0, start);
      ends.splice(next, 0, end);
    }
  }

  /** Index of the first range that begins behind `address`. */
  #firstBehind(address: number): number {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! > address) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
