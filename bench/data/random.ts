/** Numbers that look random and are the same on every machine: xorshift32. G. Marsaglia, "Xorshift RNGs", 2003. */
export class Random {
  #state: number;

  /** @param seed Any integer but 0. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 0 to 2^32 - 1. */
  bits(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }

  /** A whole number from 0, below `limit`, which is at most 2^32. */
  below(limit: number): number {
    return Math.floor((this.bits() / 0x1_0000_0000) * limit);
  }

  /** A number from 0, below 1, with 53 random bits: written out it has 16 or 17 digits. */
  fraction(): number {
    return ((this.bits() >>> 5) * 0x400_0000 + (this.bits() >>> 6)) / 0x20_0000_0000_0000;
  }

  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of so many, small numbers far more often than large ones. */
  skewed(count: number): number {
    const place = this.fraction();
    return Math.floor(place * place * place * count);
  }
}
