// Levels of a usual row group fit in this; what a huge one needed is not kept.
const KEPT_BYTES = 4 * 1024 * 1024;

/** Memory for levels, used like a stack: what was taken last is given back first. It is kept for the next column. */
export class LevelMemory {
  readonly #arrays: Uint8Array[] = [];
  #taken = 0;

  /** Bytes of any content, at least `length`. They hold until `release` of a mark from before. */
  take(length: number): Uint8Array {
    const at = this.#taken++;
    let array = this.#arrays[at];
    if (array === undefined || array.length < length) {
      array = new Uint8Array(Math.max(length, (array?.length ?? 0) * 2));
      this.#arrays[at] = array;
    }
    return array;
  }

  /** How much is taken now, for `release`. */
  mark(): number {
    return this.#taken;
  }

  /** Gives back all that was taken since a mark. */
  release(mark: number): void {
    for (let at = mark; at < this.#taken; at++) if (this.#arrays[at]!.length > KEPT_BYTES) this.#arrays[at] = new Uint8Array(0);
    this.#taken = mark;
  }
}
