/**
 * Numbers distinct byte strings in the order in which they first appear: 0, 1, 2 … Holds a copy of each of them, and nothing per
 * lookup.
 */
export class DistinctBytes {
  #slots = new Int32Array(64).fill(-1);
  readonly #values: Uint8Array[] = [];

  /** How many there are. */
  get size(): number {
    return this.#values.length;
  }

  /** The number of `bytes[start, end)`, a new one if it was not there. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashBytes(bytes, start, end) & mask;
    for (let known = this.#slots[slot]!; known !== -1; known = this.#slots[slot]!) {
      if (equalBytes(this.#values[known]!, bytes, start, end)) return known;
      slot = (slot + 1) & mask;
    }
    const number = this.#values.push(bytes.slice(start, end)) - 1;
    this.#slots[slot] = number;
    if (this.#values.length * 2 > this.#slots.length) this.#grow();
    return number;
  }

  /** The byte string with this number. */
  at(number: number): Uint8Array {
    return this.#values[number]!;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    this.#values.forEach((value, number) => {
      let slot = hashBytes(value, 0, value.length) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = number;
    });
    this.#slots = slots;
  }
}

/** FNV-1a with a final mix, so that the low bits can be used alone. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

/** True when `bytes[start, end)` is exactly `value`. */
export function equalBytes(value: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (value.length !== end - start) return false;
  for (let at = 0; at < value.length; at++) if (value[at] !== bytes[start + at]) return false;
  return true;
}
