/** Names of members as bytes, found without making a string. Positions are given in the order in which names are added. */
export class KeyTable {
  readonly #keys: Uint8Array[] = [];
  #hashes = new Uint32Array(16);
  /** Position of the key plus one; 0 is free. A power of two, at most half full. */
  #slots = new Uint32Array(32);

  get size(): number {
    return this.#keys.length;
  }

  /** The bytes of the key at a position. */
  key(position: number): Uint8Array {
    return this.#keys[position] as Uint8Array;
  }

  /** Position of the key `bytes[start, end)`, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const position = (this.#slots[slot] as number) - 1;
      if (position < 0) return -1;
      if (this.#hashes[position] === hash && sameBytes(this.#keys[position] as Uint8Array, bytes, start, end)) return position;
    }
  }

  /** Adds a key that is not there yet; its bytes are copied. */
  add(bytes: Uint8Array, start: number, end: number): number {
    const position = this.#keys.length;
    if (position === this.#hashes.length) {
      const larger = new Uint32Array(position * 2);
      larger.set(this.#hashes);
      this.#hashes = larger;
      this.#slots = new Uint32Array(position * 4);
      for (let known = 0; known < position; known += 1) this.#put(known);
    }
    this.#keys.push(new Uint8Array(bytes.subarray(start, end)));
    this.#hashes[position] = hashOf(bytes, start, end);
    this.#put(position);
    return position;
  }

  #put(position: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hashes[position] as number) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = position + 1;
  }
}

/** FNV-1a, folded: names are short. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** True when `bytes[start, end)` is `key`. */
export function sameBytes(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let at = 0; at < key.length; at += 1) if (key[at] !== bytes[start + at]) return false;
  return true;
}
