import { ARRAY_END, ARRAY_START, COMMA, OBJECT_END, OBJECT_START, QUOTE } from './byte-classes.ts';
import { IS_STRING, IS_VALUE } from './cell-rows.ts';
import type { JsonTokenizer } from './json-tokenizer.ts';
import { DEEPEST } from './json-tokenizer.ts';
import { LIST, MAP, type Place, STRUCT, TEXT } from './place.ts';
import { UnescapedText } from './unescape-text.ts';
import type { UnreadMembers } from './unread-members.ts';

const LOWER_N = 0x6e;

/** What is noticed in one record: counted, and where it was first, as a place in the bytes at hand. */
export interface Noticed {
  count: number;
  at: number;
}

/**
 * Reads one record after the other into places: what the fields name is read, everything else is scanned and left. A record that ends in a
 * problem or a stop has to be taken back with `undo`.
 */
export class RecordParser {
  readonly record: Place;
  readonly #tokens: JsonTokenizer;
  readonly #unread: UnreadMembers | null;
  readonly #longestCell: number;
  /** Behind the last text that was unescaped; in front of it, from the data on, others may stand. */
  tail = 0;
  /** Members that came twice in one object; the last one counts. */
  readonly duplicates: Noticed = { count: 0, at: 0 };
  readonly loneSurrogates: Noticed = { count: 0, at: 0 };
  /** A cell of this record that is too long. */
  longCell: { start: number; end: number } | null = null;
  /** The top-level member in which the structure did not fit. */
  misfit: Place | null = null;
  /** Where the first member of this record stands that no field names, null or not; -1 when there is none. */
  unknownAt = -1;
  #column: Place | null = null;
  #tailBefore = 0;
  #objects = 0;
  readonly #unescaped = new UnescapedText();
  #key: Uint8Array = new Uint8Array(256);

  /**
   * @param unread Gets the members that no field names. Absent: nobody wants to know.
   * @param longestCell Bytes of one text as it stands in the file.
   */
  constructor(record: Place, tokens: JsonTokenizer, unread: UnreadMembers | null, longestCell: number) {
    this.record = record;
    this.#tokens = tokens;
    this.#unread = unread;
    this.#longestCell = longestCell;
  }

  /** To be called when a new chunk is at hand. */
  attach(): void {
    this.tail = this.#tokens.length + 1;
  }

  /**
   * Reads the record that begins at `from` with a bracket into row `row`, which is null.
   *
   * @returns Behind the record, or -1 for a stop.
   */
  read(from: number, row: number): number {
    this.#tokens.problem = null;
    this.duplicates.count = 0;
    this.loneSurrogates.count = 0;
    this.longCell = null;
    this.misfit = null;
    this.unknownAt = -1;
    this.#tailBefore = this.tail;
    this.#unread?.begin();
    this.record.reach(row);
    this.record.states[row] = IS_VALUE;
    return this.#members(this.record, row, from + 1, 1);
  }

  /** Takes row `row`, the last one, back, if it was read. */
  undo(row: number): void {
    if (this.record.isNull(row)) return;
    this.record.clear(row);
    this.tail = this.#tailBefore;
  }

  #members(place: Place, row: number, from: number, depth: number): number {
    const tokens = this.#tokens;
    const { bytes } = tokens;
    const isRecord = depth === 1;
    this.#objects += 1;
    const object = this.#objects;
    let at = tokens.blanks(from);
    if (bytes[at] === OBJECT_END) return at + 1;
    let expected = 0;
    for (;;) {
      if (bytes[at] !== QUOTE) return tokens.stopped(at);
      const nameStart = at + 1;
      // Members mostly come in the same order.
      let member = place.members[expected];
      let nameEnd = member === undefined ? -1 : this.#endOfKey(place, expected, nameStart);
      if (nameEnd < 0) {
        nameEnd = tokens.key(nameStart);
        if (nameEnd < 0) return -1;
        member = place.members[this.#find(place, nameStart, nameEnd)];
      }
      at = tokens.colon(nameEnd);
      if (at < 0) return -1;
      if (member === undefined) {
        const start = at;
        if (isRecord && this.unknownAt < 0) this.unknownAt = nameStart - 1;
        at = tokens.value(at, depth);
        if (at < 0) return -1;
        // Null says no more than that nothing is there.
        if (bytes[start] !== LOWER_N) {
          const isBracket = bytes[start] === OBJECT_START || bytes[start] === ARRAY_START;
          const isEmpty = isBracket && tokens.blanks(start + 1) === at - 1;
          this.#unread?.add(place, nameStart, nameEnd, start, at, isEmpty);
        }
      } else {
        expected = member.position + 1;
        if (member.object === object) {
          this.#notice(this.duplicates, 1, nameStart - 1);
          member.clear(row);
        }
        member.object = object;
        if (isRecord) this.#column = member;
        at = this.#value(member, row, at, depth);
        if (at < 0) return -1;
      }
      at = tokens.blanks(at);
      const next = bytes[at];
      if (next === COMMA) at = tokens.blanks(at + 1);
      else if (next === OBJECT_END) return at + 1;
      else return tokens.stopped(at);
    }
  }

  /** The closing quote of a name that is the one expected, -1 for another one. */
  #endOfKey(place: Place, expected: number, start: number): number {
    const { bytes } = this.#tokens;
    const key = place.keys.key(expected);
    for (let at = 0; at < key.length; at += 1) if (bytes[start + at] !== key[at]) return -1;
    const end = start + key.length;
    return bytes[end] === QUOTE && end < this.#tokens.length ? end : -1;
  }

  #find(place: Place, start: number, end: number): number {
    const { bytes, hasEscapes, problem } = this.#tokens;
    if (!hasEscapes) return place.keys.find(bytes, start, end);
    // What is wrong in a name makes the record a rejected one.
    if (problem !== null) return -1;
    if (this.#key.length < end - start) this.#key = new Uint8Array((end - start) * 2);
    const { end: length, loneSurrogates } = this.#unescaped.write(bytes, start, end, this.#key, 0);
    if (loneSurrogates > 0) this.#notice(this.loneSurrogates, loneSurrogates, start - 1);
    return place.keys.find(this.#key, 0, length);
  }

  #value(place: Place, row: number, at: number, depth: number): number {
    if (place.kind === TEXT) return this.#text(place, row, at, depth);
    const byte = this.#tokens.bytes[at];
    if (byte === (place.kind === LIST ? ARRAY_START : OBJECT_START)) {
      if (depth + 1 > DEEPEST) this.#tokens.note('tooDeep');
      place.states[row] = IS_VALUE;
      if (place.kind === STRUCT) return this.#members(place, row, at + 1, depth + 1);
      place.starts[row] = (place.element as Place).count;
      const end =
        place.kind === MAP
          ? this.#entries(place.element as Place, at + 1, depth + 1)
          : this.#elements(place.element as Place, at + 1, depth + 1);
      place.ends[row] = (place.element as Place).count;
      return end;
    }
    const end = this.#tokens.value(at, depth);
    if (byte !== LOWER_N && end >= 0) {
      this.#tokens.note('structure');
      this.misfit ??= this.#column;
    }
    return end;
  }

  #text(place: Place, row: number, from: number, depth: number): number {
    const tokens = this.#tokens;
    const { bytes } = tokens;
    const byte = bytes[from];
    if (byte === QUOTE) {
      const end = tokens.string(from + 1);
      if (end < 0) return -1;
      this.#takeString(place, row, from + 1, end);
      return end + 1;
    }
    const end = byte === OBJECT_START || byte === ARRAY_START ? tokens.value(from, depth) : tokens.scalar(from);
    if (end < 0 || byte === LOWER_N) return end;
    place.states[row] = IS_VALUE;
    place.starts[row] = from;
    place.ends[row] = end;
    if (end - from > this.#longestCell) this.longCell ??= { start: from, end };
    return end;
  }

  /** A string in `[start, end)`, quotes excluded. */
  #takeString(place: Place, row: number, start: number, end: number): void {
    const tokens = this.#tokens;
    place.states[row] = IS_STRING;
    place.starts[row] = start;
    place.ends[row] = end;
    if (end - start > this.#longestCell) this.longCell ??= { start: start - 1, end: end + 1 };
    if (!tokens.hasEscapes || tokens.problem !== null) return;
    const unescaped = this.#unescaped.write(tokens.bytes, start, end, tokens.bytes, this.tail);
    if (unescaped.loneSurrogates > 0) this.#notice(this.loneSurrogates, unescaped.loneSurrogates, start - 1);
    place.starts[row] = this.tail;
    place.ends[row] = unescaped.end;
    this.tail = unescaped.end;
  }

  #elements(element: Place, from: number, depth: number): number {
    const tokens = this.#tokens;
    const { bytes } = tokens;
    let at = tokens.blanks(from);
    if (bytes[at] === ARRAY_END) return at + 1;
    for (;;) {
      const row = element.append();
      at = this.#value(element, row, at, depth);
      if (at < 0) return -1;
      at = tokens.blanks(at);
      const next = bytes[at];
      if (next === COMMA) at = tokens.blanks(at + 1);
      else if (next === ARRAY_END) return at + 1;
      else return tokens.stopped(at);
    }
  }

  /** The members of a map, all of them: which of two with the same name counts is for core to say. */
  #entries(entry: Place, from: number, depth: number): number {
    const tokens = this.#tokens;
    const { bytes } = tokens;
    const [key, value] = entry.members as [Place, Place];
    let at = tokens.blanks(from);
    if (bytes[at] === OBJECT_END) return at + 1;
    for (;;) {
      if (bytes[at] !== QUOTE) return tokens.stopped(at);
      const row = entry.append();
      entry.states[row] = IS_VALUE;
      const nameEnd = tokens.key(at + 1);
      if (nameEnd < 0) return -1;
      this.#takeString(key, row, at + 1, nameEnd);
      at = tokens.colon(nameEnd);
      if (at < 0) return -1;
      at = this.#value(value, row, at, depth);
      if (at < 0) return -1;
      at = tokens.blanks(at);
      const next = bytes[at];
      if (next === COMMA) at = tokens.blanks(at + 1);
      else if (next === OBJECT_END) return at + 1;
      else return tokens.stopped(at);
    }
  }

  #notice(what: Noticed, count: number, at: number): void {
    if (what.count === 0) what.at = at;
    what.count += count;
  }
}
