import { BACKSLASH, COLON, COMMA, OBJECT_END, OBJECT_START, QUOTE } from './byte-classes.ts';
import { type Place, STRUCT } from './place.ts';

/** The names that a finding lists. */
const NAMES_SHOWN = 5;
const NAME_SHOWN = 60;
/** Of one record. */
const NAMES_LOOKED_AT = 32;
/** Numbers that describe one member. */
const SLICE = 5;

/** Different names that are told apart. */
const NAMES_KNOWN = 1_000;

const decoder = new TextDecoder();

/**
 * What no field names: members of the record, and of the structs and lists in it. They are lost, or kept aside when somebody wants them: those of
 * the record, and of structs directly in it.
 */
export class UnreadMembers {
  /** Names of members that are lost, as they stand in the file: the first few. */
  readonly names: string[] = [];
  /** Members that are lost, of all records that were read. */
  count = 0;
  readonly #hashes = new Set<number>();
  /** Of the record at hand: how many are lost, and where the names of the first of them stand, quotes included. */
  #lost = 0;
  readonly #lostNames = new Uint32Array(NAMES_LOOKED_AT * 2);
  /** Of the record at hand: which struct, where the name, and where the value stands. A record may have millions of members. */
  #kept = 0;
  #slices = new Uint32Array(0);

  constructor(record: Place, isRescued: boolean) {
    if (!isRescued) return;
    structsOf(record).forEach((place, number) => {
      place.rescued = number;
    });
    this.#slices = new Uint32Array(64 * SLICE);
  }

  /** More names than those that are listed. */
  get hasMoreNames(): boolean {
    return this.#hashes.size > this.names.length;
  }

  /** Forgets the record before. */
  begin(): void {
    this.#lost = 0;
    this.#kept = 0;
  }

  /**
   * Where the name and the value stand, quotes of the name excluded.
   *
   * @param isEmpty The value is an object or array with nothing in it: it may be kept, but nothing is lost with it.
   */
  add(owner: Place, nameStart: number, nameEnd: number, start: number, end: number, isEmpty: boolean): void {
    if (owner.rescued >= 0) {
      this.#keep(owner.rescued, nameStart - 1, nameEnd + 1, start, end);
      return;
    }
    if (isEmpty) return;
    if (this.#lost < NAMES_LOOKED_AT) {
      this.#lostNames[this.#lost * 2] = nameStart - 1;
      this.#lostNames[this.#lost * 2 + 1] = nameEnd + 1;
    }
    this.#lost += 1;
  }

  /** Counts what of the record at hand is lost. @returns Where the first of it stands, or -1. */
  commit(bytes: Uint8Array): number {
    if (this.#lost === 0) return -1;
    this.count += this.#lost;
    for (let index = 0; index < Math.min(this.#lost, NAMES_LOOKED_AT); index += 1) {
      this.#noteName(bytes, (this.#lostNames[index * 2] as number) + 1, (this.#lostNames[index * 2 + 1] as number) - 1);
    }
    return this.#lostNames[0] as number;
  }

  /**
   * Writes what is kept aside of the record at hand as one JSON object, names and values as they stand in the file: `{"z":1,"a":{"y":[2]}}`. Never
   * longer than the record.
   *
   * @returns The end of what was written; `at` when there is nothing.
   */
  write(record: Place, bytes: Uint8Array, at: number): number {
    return this.#kept === 0 ? at : this.#writeStruct(record, bytes, at);
  }

  #keep(owner: number, nameStart: number, nameEnd: number, start: number, end: number): void {
    const at = this.#kept * SLICE;
    if (at === this.#slices.length) {
      const larger = new Uint32Array(at * 2);
      larger.set(this.#slices);
      this.#slices = larger;
    }
    this.#slices[at] = owner;
    this.#slices[at + 1] = nameStart;
    this.#slices[at + 2] = nameEnd;
    this.#slices[at + 3] = start;
    this.#slices[at + 4] = end;
    this.#kept += 1;
  }

  #noteName(bytes: Uint8Array, start: number, end: number): void {
    const hash = hashOf(bytes, start, end);
    if (this.#hashes.has(hash) || this.#hashes.size >= NAMES_KNOWN) return;
    this.#hashes.add(hash);
    if (this.names.length < NAMES_SHOWN)
      this.names.push(decoder.decode(bytes.subarray(start, Math.min(end, start + NAME_SHOWN))));
  }

  #writeStruct(place: Place, bytes: Uint8Array, at: number): number {
    const slices = this.#slices;
    let to = at;
    for (let index = 0; index < this.#kept * SLICE; index += SLICE) {
      if (slices[index] !== place.rescued) continue;
      const nameEnd = slices[index + 2] as number;
      const end = slices[index + 4] as number;
      bytes[to] = to === at ? OBJECT_START : COMMA;
      to = copyTo(bytes, to + 1, slices[index + 1] as number, nameEnd);
      bytes[to] = COLON;
      to = copyTo(bytes, to + 1, slices[index + 3] as number, end);
    }
    for (const member of place.members) {
      if (member.kind !== STRUCT || !this.#holds(member)) continue;
      bytes[to] = to === at ? OBJECT_START : COMMA;
      to = writeName(place.keys.key(member.position), bytes, to + 1);
      bytes[to] = COLON;
      to = this.#writeStruct(member, bytes, to + 1);
    }
    bytes[to] = OBJECT_END;
    return to + 1;
  }

  /** True when something of a struct, or of structs in it, is kept. */
  #holds(place: Place): boolean {
    for (let index = 0; index < this.#kept * SLICE; index += SLICE) if (this.#slices[index] === place.rescued) return true;
    return place.members.some((member) => member.kind === STRUCT && this.#holds(member));
  }
}

/** The struct and all structs directly in it, at any depth. */
function structsOf(place: Place): Place[] {
  return [place, ...place.members.filter((member) => member.kind === STRUCT).flatMap(structsOf)];
}

function copyTo(bytes: Uint8Array, at: number, start: number, end: number): number {
  bytes.copyWithin(at, start, end);
  return at + end - start;
}

/** With the shortest escapes, so that it is never longer than what stood in the file. */
function writeName(name: Uint8Array, bytes: Uint8Array, at: number): number {
  let to = at;
  bytes[to++] = QUOTE;
  for (const byte of name) {
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) {
      bytes[to++] = byte;
      continue;
    }
    for (const character of JSON.stringify(String.fromCharCode(byte)).slice(1, -1)) bytes[to++] = character.charCodeAt(0);
  }
  bytes[to++] = QUOTE;
  return to;
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash >>> 0;
}
