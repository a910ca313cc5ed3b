import { giveBytesBack, offsetInArena, takeBytes } from '@calve/core/plugin';
import { BACKSLASH, QUOTE } from './byte-classes.ts';
import type { RowMemory } from './cell-rows.ts';
import type { Place } from './place.ts';

// The layout of one place, as packages/format-json/assembly/place-table.ts has it, in words of four bytes.
const KIND = 0;
const INSIDE = 1;
const MEMBERS = 2;
const KEY_LENGTH = 3;
const KEY = 4;
const STATES = 5;
const STARTS = 6;
const ENDS = 7;
const CAPACITY = 8;
const COUNT = 9;
const KEY_HEAD = 12;
const KEY_MASK = 16;
const PLACE_WORDS = 32;
const PLACE_BYTES = PLACE_WORDS * 4;
const HEAD_BYTES = 16;

/** Levels of places that the compiled reader goes down to. */
const DEEPEST = 100;

/** The places of a record as the compiled reader sees them: names, and where the buffers are. */
export class PlaceTable {
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #offset: number;
  /** In the order of the table: the members of a struct one after the other. */
  readonly #places: readonly Place[];
  readonly #elements: readonly number[];
  readonly #memory: RowMemory;
  #changes = -1;
  #isUsable = false;

  /** @returns `null`: names or depth are beyond what the compiled reader takes, or the arena is full. */
  static of(record: Place, memory: RowMemory): PlaceTable | null {
    const places = placesOf(record);
    if (places === null || !places.every((place) => place.members.every((_, index) => isPlain(place.keys.key(index)))))
      return null;
    const table = new PlaceTable(places, memory);
    if (table.#offset >= 0) return table;
    table.close();
    return null;
  }

  private constructor(places: readonly Place[], memory: RowMemory) {
    this.#places = places;
    this.#memory = memory;
    const keyBytes = places.reduce(
      (sum, { members, keys }) => members.reduce((all, _, at) => all + keys.key(at).length + 1, sum),
      0,
    );
    const bytes = takeBytes(places.length * PLACE_BYTES + keyBytes);
    bytes.fill(0);
    this.#bytes = bytes;
    this.#words = new Uint32Array(bytes.buffer, bytes.byteOffset, places.length * PLACE_WORDS);
    this.#offset = offsetInArena(bytes);
    const numbers = new Map(places.map((place, number) => [place, number]));
    this.#elements = places.flatMap(({ element }) => (element ? [numbers.get(element) as number] : []));
    this.#write(numbers);
  }

  /** Offset of the record's own place. */
  get record(): number {
    return this.#offset;
  }

  /** Tells the compiled reader where the buffers are. False: it does not see them. */
  refresh(): boolean {
    const words = this.#words;
    for (const number of this.#elements) words[number * PLACE_WORDS + COUNT] = (this.#places[number] as Place).count;
    if (this.#changes === this.#memory.changes) return this.#isUsable;
    this.#changes = this.#memory.changes;
    this.#isUsable = this.#places.every((place, number) => {
      const at = number * PLACE_WORDS;
      const { states, starts, ends } = place;
      words[at + CAPACITY] = states.length;
      const offset = states.length === 0 ? 0 : offsetInArena(starts);
      words[at + STARTS] = offset;
      words[at + ENDS] = offset + ends.byteOffset - starts.byteOffset;
      words[at + STATES] = offset + states.byteOffset - starts.byteOffset;
      return offset >= 0;
    });
    return this.#isUsable;
  }

  /** Takes over how many elements there are now. */
  countElements(): void {
    for (const number of this.#elements) {
      (this.#places[number] as Place).count = this.#words[number * PLACE_WORDS + COUNT] as number;
    }
  }

  close(): void {
    giveBytesBack(this.#bytes);
  }

  #write(numbers: ReadonlyMap<Place, number>): void {
    const offsetOf = (place: Place): number => this.#offset + (numbers.get(place) as number) * PLACE_BYTES;
    let key = this.#places.length * PLACE_BYTES;
    for (const place of this.#places) {
      const at = (numbers.get(place) as number) * PLACE_WORDS;
      const inside = place.element ?? place.members[0];
      this.#words[at + KIND] = place.kind;
      this.#words[at + INSIDE] = inside ? offsetOf(inside) : 0;
      this.#words[at + MEMBERS] = place.members.length;
      for (const member of place.members) {
        const name = place.keys.key(member.position);
        this.#writeKey((numbers.get(member) as number) * PLACE_WORDS, key, name);
        key += name.length + 1;
      }
    }
  }

  /** The name with its closing quote, which stands behind it in a file too. */
  #writeKey(at: number, key: number, name: Uint8Array): void {
    const bytes = this.#bytes;
    const length = name.length + 1;
    bytes.set(name, key);
    bytes[key + name.length] = QUOTE;
    this.#words[at + KEY_LENGTH] = length;
    this.#words[at + KEY] = this.#offset + key;
    const head = Math.min(length, HEAD_BYTES);
    bytes.copyWithin((at + KEY_HEAD) * 4, key, key + head);
    bytes.fill(0xff, (at + KEY_MASK) * 4, (at + KEY_MASK) * 4 + head);
  }
}

/** Level by level, members next to each other; `null` when there are too many levels. */
function placesOf(record: Place): Place[] | null {
  const places = [record];
  for (let from = 0, depth = 0; from < places.length; depth += 1) {
    if (depth === DEEPEST) return null;
    const level = places.slice(from);
    from = places.length;
    for (const { members, element } of level) places.push(...members, ...(element ? [element] : []));
  }
  return places;
}

/** A name that stands in a file as it is. */
function isPlain(name: Uint8Array): boolean {
  return name.every((byte) => byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH);
}
