import type { CellPlaces, ColumnStatistics, InputLimits, ObservedField, Position, ValueShape } from '@calve/core/plugin';
import {
  CellClassifier,
  decideColumnType,
  excerpt,
  LARGEST_MEMBERS,
  mergeValueShapes,
  StatisticsCollector,
  textStructure,
} from '@calve/core/plugin';
import { ARRAY_END, ARRAY_START, OBJECT_END, OBJECT_START, QUOTE } from './byte-classes.ts';
import type { SeenRecord } from './decode-records.ts';
import { nameTooLong, tooManyColumns } from './json-errors.ts';
import type { JsonFindings } from './json-findings.ts';
import { JsonTokenizer } from './json-tokenizer.ts';
import { KeyTable, sameBytes } from './key-table.ts';
import { UnescapedText } from './unescape-text.ts';

/** Places of one file altogether; names that come later are taken for data. */
const MOST_PLACES = 20_000;
/** Levels that are told apart; core takes what is deeper for text. */
const MOST_LEVELS = 60;

const LOWER_N = 0x6e;
type Kind = 'scalar' | 'object' | 'array';

/** One place and all below it, while records go by. */
class ShapePlace {
  readonly name: string;
  /** Among the members of its place. */
  readonly position: number;
  nulls = 0;
  scalars = 0;
  objects = 0;
  arrays = 0;
  /** Of the object in which it was met last. */
  object = 0;
  readonly first: ValueShape['first'] = {};
  statistics: StatisticsCollector | null = null;
  keys: KeyTable | null = null;
  readonly members: ShapePlace[] = [];
  anyMember: ShapePlace | null = null;
  element: ShapePlace | null = null;

  constructor(name: string, position: number) {
    this.name = name;
    this.position = position;
  }

  finish(): ValueShape {
    const { nulls, scalars, objects, arrays, first } = this;
    const statistics: ColumnStatistics | undefined = this.statistics?.finish();
    const members = this.members.map((member) => ({ name: member.name, shape: member.finish() }));
    // The values of a map are those of all its members.
    const anyMember = this.anyMember
      ? [...members.map(({ shape }) => shape), this.anyMember.finish()].reduce(mergeValueShapes)
      : undefined;
    return {
      nulls,
      scalars,
      objects,
      arrays,
      first,
      ...(statistics ? { statistics } : {}),
      ...(members.length > 0 ? { members } : {}),
      ...(anyMember ? { anyMember } : {}),
      ...(this.element ? { element: this.element.finish() } : {}),
    };
  }
}

/**
 * Collects what stands where, over the records of one file. Records are known to be in order. Memory is a kilobyte or two a place, and there
 * are no more than 20,000 of them.
 */
export class ShapeCollector implements CellPlaces {
  readonly #root = new ShapePlace('', 0);
  readonly #tokens = new JsonTokenizer(false);
  readonly #classifier = new CellClassifier();
  readonly #unescaped = new UnescapedText();
  readonly #nulls: readonly Uint8Array[];
  readonly #findings: JsonFindings;
  readonly #limits: Readonly<InputLimits>;
  #scratch: Uint8Array = new Uint8Array(256);
  #places = 0;
  #objects = 0;
  #position: Position = { unit: '' };
  /** Place of the bytes at hand in the content. */
  #byteOffset = 0;

  constructor(nulls: readonly string[], findings: JsonFindings, limits: Readonly<InputLimits>) {
    this.#nulls = nulls.map((text) => new TextEncoder().encode(text));
    this.#findings = findings;
    this.#limits = limits;
  }

  /** @throws {CalveError} `LIMIT_COLUMNS`, `LIMIT_NAME` (fix-input). */
  add({ bytes, byteOffset, start, end, position }: SeenRecord): void {
    this.#tokens.attach(bytes, end, true);
    this.#position = position;
    this.#byteOffset = byteOffset;
    this.#members(this.#root, start, 0);
  }

  /** One per member of the records, in order of first appearance. */
  finish(): ObservedField[] {
    return this.#root.members.map((place): ObservedField => {
      const shape = place.finish();
      const { scalars, objects, arrays, statistics } = shape;
      if (objects + arrays > 0 || scalars === 0 || !statistics) {
        return { field: { name: place.name, type: textStructure(shape), required: false }, evidence: [], shape };
      }
      const { type, evidence } = decideColumnType(statistics);
      return { field: { name: place.name, type, required: false }, evidence, shape };
    });
  }

  positionOf(): Position {
    return { ...this.#position };
  }

  #members(place: ShapePlace, from: number, level: number): number {
    const tokens = this.#tokens;
    const { bytes } = tokens;
    this.#objects += 1;
    const object = this.#objects;
    let expected = 0;
    let at = tokens.blanks(from + 1);
    while (bytes[at] !== OBJECT_END) {
      const nameStart = at + 1;
      const nameEnd = tokens.string(nameStart);
      const member = this.#member(place, expected, nameStart, nameEnd);
      expected = member.position + 1;
      if (member.object === object && member !== place.anyMember) this.#findings.duplicateKeys(1, this.#at(nameStart - 1));
      member.object = object;
      at = tokens.blanks(this.#value(member, tokens.colon(nameEnd), level + 1));
      if (bytes[at] !== OBJECT_END) at = tokens.blanks(at + 1);
    }
    return at + 1;
  }

  /** The place of a member by its name. */
  #member(place: ShapePlace, expected: number, start: number, end: number): ShapePlace {
    let { bytes } = this.#tokens;
    let from = start;
    let to = end;
    if (this.#tokens.hasEscapes) {
      to = this.#unescape(start, end);
      bytes = this.#scratch;
      from = 0;
    }
    place.keys ??= new KeyTable();
    if (expected < place.keys.size && sameBytes(place.keys.key(expected), bytes, from, to)) return place.members[expected]!;
    const position = place.keys.find(bytes, from, to);
    if (position >= 0) return place.members[position]!;
    if (place.anyMember) return place.anyMember;
    const isColumn = place === this.#root;
    if (isColumn && place.members.length >= this.#limits.columns) throw tooManyColumns(this.#limits);
    if (!isColumn && (place.members.length >= LARGEST_MEMBERS || this.#places >= MOST_PLACES)) {
      place.anyMember = this.#made(place.name, -1);
      return place.anyMember;
    }
    const name = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from, to));
    if (isColumn && name.length > this.#limits.nameCharacters) throw nameTooLong(name, this.#limits);
    place.keys.add(bytes, from, to);
    const member = this.#made(name, place.members.length);
    place.members.push(member);
    return member;
  }

  #made(name: string, position: number): ShapePlace {
    this.#places += 1;
    return new ShapePlace(name, position);
  }

  /** Behind the value. */
  #value(place: ShapePlace, from: number, level: number): number {
    const tokens = this.#tokens;
    const byte = tokens.bytes[from] as number;
    if (byte === OBJECT_START) {
      place.objects += 1;
      if (!place.first.object) this.#example(place, 'object', from, tokens.value(from, 0));
      return level < MOST_LEVELS ? this.#members(place, from, level) : tokens.value(from, 0);
    }
    if (byte === ARRAY_START) {
      place.arrays += 1;
      if (!place.first.array) this.#example(place, 'array', from, tokens.value(from, 0));
      return level < MOST_LEVELS ? this.#elements(place, from, level) : tokens.value(from, 0);
    }
    if (byte === QUOTE) {
      const end = tokens.string(from + 1);
      if (tokens.hasEscapes) this.#scalar(place, this.#scratchOf(from + 1, end), 0, this.#unescaped.end, true);
      else this.#scalar(place, tokens.bytes, from + 1, end, true);
      return end + 1;
    }
    const end = tokens.scalar(from);
    if (byte === LOWER_N) place.nulls += 1;
    else this.#scalar(place, tokens.bytes, from, end, false);
    return end;
  }

  #elements(place: ShapePlace, from: number, level: number): number {
    const tokens = this.#tokens;
    const { bytes } = tokens;
    let at = tokens.blanks(from + 1);
    if (bytes[at] !== ARRAY_END) place.element ??= this.#made(place.name, 0);
    while (bytes[at] !== ARRAY_END) {
      at = tokens.blanks(this.#value(place.element!, at, level + 1));
      if (bytes[at] !== ARRAY_END) at = tokens.blanks(at + 1);
    }
    return at + 1;
  }

  #scalar(place: ShapePlace, bytes: Uint8Array, start: number, end: number, isString: boolean): void {
    if (this.#nulls.some((text) => sameBytes(text, bytes, start, end))) {
      place.nulls += 1;
      return;
    }
    place.scalars += 1;
    if (!place.first.scalar) place.first.scalar = { value: excerpt(bytes, start, end), at: this.#positionIn(place) };
    place.statistics ??= new StatisticsCollector(place.name, '', this.#classifier);
    place.statistics.addJson(bytes, start, end, isString, this);
  }

  #example(place: ShapePlace, kind: Kind, start: number, end: number): void {
    place.first[kind] = { value: excerpt(this.#tokens.bytes, start, end), at: this.#positionIn(place) };
  }

  #positionIn(place: ShapePlace): Position {
    return { ...this.#position, column: place.name };
  }

  /** Where something in the record at hand stands. */
  #at(place: number): Position {
    return { ...this.#position, byteOffset: this.#byteOffset + place };
  }

  #scratchOf(start: number, end: number): Uint8Array {
    this.#unescape(start, end);
    return this.#scratch;
  }

  /** The text of a string in the scratch; its end there. */
  #unescape(start: number, end: number): number {
    if (this.#scratch.length < end - start) this.#scratch = new Uint8Array((end - start) * 2);
    const { end: length, loneSurrogates } = this.#unescaped.write(this.#tokens.bytes, start, end, this.#scratch, 0);
    if (loneSurrogates > 0) this.#findings.loneSurrogates(loneSurrogates, this.#at(start - 1));
    return length;
  }
}
