/** Multiplied with, it spreads the offsets of pieces, which are multiples of the same number: 2^32 divided by the golden ratio. */
const SPREAD = 0x9e37_79b1;
const FIRST_PLACES = 1024;

/**
 * How many bytes each piece of an arena takes, by its offset, which is not 0. A `Map` would do it, but leaves a table behind for every few hundred
 * pieces that come and go, each of which keeps the next one alive until V8 looks through all memory.
 */
export class PieceSizes {
  /** Offset and size of a piece at twice its place; offset 0: the place is free. Never more than half full, so that every search ends. */
  #places = new Int32Array(FIRST_PLACES * 2);
  #mask = FIRST_PLACES - 1;
  #count = 0;

  /** The offset is not among those that are kept. */
  add(offset: number, size: number): void {
    if (this.#count * 2 > this.#mask) this.#enlarge();
    this.#count += 1;
    this.#put(offset, size);
  }

  /** Forgets a piece. @returns Its size, 0 when there is none at this offset. */
  remove(offset: number): number {
    const places = this.#places;
    const mask = this.#mask;
    let free = this.#home(offset);
    for (; places[free * 2] !== offset; free = (free + 1) & mask) if (places[free * 2] === 0) return 0;
    const size = places[free * 2 + 1] as number;
    // Those behind it that a search would not find any more move up.
    for (let place = (free + 1) & mask; places[place * 2] !== 0; place = (place + 1) & mask) {
      const wanted = this.#home(places[place * 2] as number);
      if (((place - wanted) & mask) < ((place - free) & mask)) continue;
      places[free * 2] = places[place * 2] as number;
      places[free * 2 + 1] = places[place * 2 + 1] as number;
      free = place;
    }
    places[free * 2] = 0;
    this.#count -= 1;
    return size;
  }

  #home(offset: number): number {
    return (Math.imul(offset, SPREAD) >>> 12) & this.#mask;
  }

  #put(offset: number, size: number): void {
    const places = this.#places;
    let place = this.#home(offset);
    while (places[place * 2] !== 0) place = (place + 1) & this.#mask;
    places[place * 2] = offset;
    places[place * 2 + 1] = size;
  }

  #enlarge(): void {
    const before = this.#places;
    this.#places = new Int32Array(before.length * 2);
    this.#mask = this.#places.length / 2 - 1;
    for (let at = 0; at < before.length; at += 2) if (before[at] !== 0) this.#put(before[at] as number, before[at + 1] as number);
  }
}
