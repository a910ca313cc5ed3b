/** Bytes of one entry beside its key and its order: slots, hash, starts, row, unit and state. */
const ENTRY_BYTES = 8 + 4 + 4 + 4 + 4 + 4 + 4 + 1;

/** What a table of so many keys takes in memory. */
export function keyTableBytes(entries: number, keyBytes: number, orderBytes: number): number {
  return entries * ENTRY_BYTES + keyBytes + orderBytes + 1024;
}

/**
 * Keys of incoming rows, each with the row that wins so far. Everything is in typed arrays of fixed size. Keys are found by a hash and compared byte by
 * byte, so that no two of them are ever taken for one.
 */
export class KeyTable {
  /** How many keys there are. */
  size = 0;
  /** Of each entry: the incoming row that wins, and the unit that it is of. */
  readonly rows: Uint32Array;
  readonly units: Uint32Array;
  /** Of each entry: 1 when a row of the table is newer. */
  readonly lost: Uint8Array;
  readonly #slots: Uint32Array;
  readonly #mask: number;
  readonly #hashes: Uint32Array;
  readonly #keyStarts: Uint32Array;
  readonly #keys: Uint8Array;
  readonly #orderStarts: Uint32Array;
  readonly #orderLengths: Uint32Array;
  readonly #orders: Uint8Array;
  #orderEnd = 0;

  /** Room for so many keys, and for so many bytes of keys and of what their rows are ordered by, over all rows that are added. */
  constructor(entries: number, keyBytes: number, orderBytes: number) {
    let slots = 8;
    while (slots < entries * 2) slots *= 2;
    this.#slots = new Uint32Array(slots);
    this.#mask = slots - 1;
    this.rows = new Uint32Array(entries);
    this.units = new Uint32Array(entries);
    this.lost = new Uint8Array(entries);
    this.#hashes = new Uint32Array(entries);
    this.#keyStarts = new Uint32Array(entries + 1);
    this.#keys = new Uint8Array(keyBytes);
    this.#orderStarts = new Uint32Array(entries);
    this.#orderLengths = new Uint32Array(entries);
    this.#orders = new Uint8Array(orderBytes);
  }

  /** The entry of a key, -1 when there is none. */
  find(key: Uint8Array, length: number, hash: number): number {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot]! - 1;
      if (entry === -1) return -1;
      if (this.#hashes[entry] === hash && this.#isKey(entry, key, length)) return entry;
    }
  }

  /** Adds a key that is not there. */
  add(key: Uint8Array, length: number, hash: number, order: Uint8Array, orderLength: number, row: number, unit: number): void {
    let slot = hash & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    const entry = this.size++;
    this.#slots[slot] = entry + 1;
    this.#hashes[entry] = hash;
    const start = this.#keyStarts[entry]!;
    this.#keys.set(key.subarray(0, length), start);
    this.#keyStarts[entry + 1] = start + length;
    this.win(entry, order, orderLength, row, unit);
  }

  /** Another row of the same key takes the place of the one that won so far. */
  win(entry: number, order: Uint8Array, orderLength: number, row: number, unit: number): void {
    this.#orders.set(order.subarray(0, orderLength), this.#orderEnd);
    this.#orderStarts[entry] = this.#orderEnd;
    this.#orderLengths[entry] = orderLength;
    this.#orderEnd += orderLength;
    this.rows[entry] = row;
    this.units[entry] = unit;
  }

  /** Compares what the row of an entry is ordered by with another: below 0 when it is older. */
  compareOrder(entry: number, order: Uint8Array, orderLength: number): number {
    const start = this.#orderStarts[entry]!;
    const length = this.#orderLengths[entry]!;
    const shorter = Math.min(length, orderLength);
    for (let at = 0; at < shorter; at++) {
      const difference = this.#orders[start + at]! - order[at]!;
      if (difference !== 0) return difference;
    }
    return length - orderLength;
  }

  #isKey(entry: number, key: Uint8Array, length: number): boolean {
    const start = this.#keyStarts[entry]!;
    if (this.#keyStarts[entry + 1]! - start !== length) return false;
    for (let at = 0; at < length; at++) if (this.#keys[start + at] !== key[at]) return false;
    return true;
  }
}

/**
 * A hash of the first `length` bytes: 32 bits, well mixed, so that its upper and its lower half can be used apart.
 *
 * @see https://github.com/aappleby/smhasher (MurmurHash3, finalizer)
 */
export function hashKey(bytes: Uint8Array, length: number): number {
  let hash = 0x811c9dc5 ^ length;
  for (let at = 0; at < length; at++) {
    hash ^= bytes[at]!;
    hash = Math.imul(hash, 0x01000193);
    hash = (hash << 13) | (hash >>> 19);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
