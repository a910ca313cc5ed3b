import type { CellPlaces, InputLimits, ObservedField, Position } from '@calve/core/plugin';
import {
  CellClassifier,
  decideColumnType,
  excerpt,
  LARGEST_MEMBERS,
  offsetInArena,
  StatisticsCollector,
  textStructure,
} from '@calve/core/plugin';
import { ARRAY_END, ARRAY_START, OBJECT_END, OBJECT_START, QUOTE } from './byte-classes.ts';
import { IS_NULL, IS_STRING, IS_VALUE, SAYS_NULL } from './cell-rows.ts';
import type { SeenRecord } from './decode-records.ts';
import { nameTooLong, tooManyColumns } from './json-errors.ts';
import type { JsonFindings } from './json-findings.ts';
import { jsonKernels } from './json-kernels.ts';
import { JsonTokenizer } from './json-tokenizer.ts';
import { KeyTable, sameBytes } from './key-table.ts';
import { type Place, TEXT } from './place.ts';
import { ListOwner, type SeenRows } from './seen-rows.ts';
import { ShapePlace } from './shape-place.ts';
import { UnescapedText } from './unescape-text.ts';

/** Places of one file altogether; names that come later are taken for data. */
const MOST_PLACES = 20_000;
/** Levels that are told apart; core takes what is deeper for text. */
export const MOST_LEVELS = 60;

const LOWER_N = 0x6e;
type Kind = 'scalar' | 'object' | 'array';

/**
 * Collects what stands where, over the records of one file. Records are known to be in order. Memory is a kilobyte or two a place, and there
 * are no more than 20,000 of them.
 */
export class ShapeCollector implements CellPlaces {
  /** Of the records themselves. */
  readonly root = new ShapePlace('', 0);
  /** Counts up with every new place, and with every kind of value that is new at a place. */
  version = 0;
  /** Records that came one by one, and all. */
  singles = 0;
  records = 0;
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
  /** Records of which many are looked at together; `null`: there is one, at `#position`. */
  #rows: SeenRows | null = null;
  /** The cell at hand: row of a column, and the lists around it. */
  #row = 0;
  #owner: ListOwner | null = null;

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
    this.singles += 1;
    this.records += 1;
    this.#members(this.root, start, 0);
  }

  /**
   * The same for many records, column by column.
   *
   * @param record Its members are the first of those that were met so far, in that order, and so on below.
   */
  addRows(record: Place, rows: SeenRows): void {
    this.#tokens.attach(rows.bytes, rows.bytes.length, true);
    this.#byteOffset = rows.byteOffset;
    this.#rows = rows;
    this.records += rows.rows;
    this.#columns(this.root, record, rows.rows, 0, null);
    this.#rows = null;
  }

  /** One per member of the records, in order of first appearance. */
  finish(): ObservedField[] {
    return this.root.members.map((place): ObservedField => {
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
    if (this.#rows === null) return { ...this.#position };
    return this.#positionOfRow(this.#row, this.#owner);
  }

  #positionOfRow(element: number, lists: ListOwner | null): Position {
    let row = element;
    for (let owner = lists; owner !== null; owner = owner.outer) row = owner.rowOf(row);
    return this.#rows?.positionOf(row) ?? this.positionOf();
  }

  #columns(shape: ShapePlace, place: Place, rows: number, level: number, owner: ListOwner | null): void {
    place.members.forEach((member, index) => {
      this.#column(shape.members[index] as ShapePlace, member, rows, level + 1, owner);
    });
  }

  #column(shape: ShapePlace, place: Place, rows: number, level: number, owner: ListOwner | null): void {
    if (place.kind === TEXT) {
      this.#texts(shape, place, rows, level, owner);
      return;
    }
    const { states } = place;
    let values = 0;
    for (let row = 0; row < rows; row += 1) {
      if (states[row] === IS_VALUE) values += 1;
      else if (states[row] === SAYS_NULL) shape.nulls += 1;
    }
    if (place.element) {
      shape.arrays += values;
      const inside = new ListOwner(place, rows, owner);
      this.#column(shape.element as ShapePlace, place.element, place.element.count, level + 1, inside);
    } else {
      shape.objects += values;
      this.#columns(shape, place, rows, level, owner);
    }
  }

  #texts(shape: ShapePlace, place: Place, rows: number, level: number, owner: ListOwner | null): void {
    const { bytes } = this.#tokens;
    const { states, starts, ends } = place;
    this.#owner = owner;
    if (!this.#countCompiled(shape, place, rows) && !this.#countTexts(shape, place, rows, level)) return;
    const cells = { bytes, starts, ends, states, rows, plain: IS_VALUE, quoted: IS_STRING };
    this.#statisticsOf(shape).addCells(cells, { positionOf: (row) => this.#positionOfRow(row, owner) });
  }

  /** Counts what is there, where that is all there is to it: no text that may mean null, no first one, no object. False: nothing was done. */
  #countCompiled(shape: ShapePlace, { states, starts }: Place, rows: number): boolean {
    const kernels = jsonKernels.current;
    if (kernels === null || this.#nulls.length > 0 || shape.scalars === 0) return false;
    const [source, startsAt, statesAt] = [this.#tokens.bytes, starts, states].map(offsetInArena) as [number, number, number];
    if (Math.min(source, startsAt, statesAt) < 0) return false;
    const scalars = kernels.countScalars(source, startsAt, statesAt, rows);
    if (scalars < 0) return false;
    shape.scalars += scalars;
    shape.nulls += kernels.countState(statesAt, rows, SAYS_NULL);
    return true;
  }

  /** Looks at each; afterwards only scalars are left. False: there are none. */
  #countTexts(shape: ShapePlace, { states, starts, ends }: Place, rows: number, level: number): boolean {
    const { bytes } = this.#tokens;
    let scalars = 0;
    for (let row = 0; row < rows; row += 1) {
      const state = states[row] as number;
      if (state === IS_NULL) continue;
      if (state === SAYS_NULL) {
        shape.nulls += 1;
        continue;
      }
      this.#row = row;
      const start = starts[row] as number;
      const first = bytes[start] as number;
      if (state === IS_VALUE && (first === OBJECT_START || first === ARRAY_START)) this.#value(shape, start, level);
      else if (this.#countScalar(shape, bytes, start, ends[row] as number)) {
        scalars += 1;
        continue;
      }
      // It is counted, and no scalar.
      states[row] = IS_NULL;
    }
    return scalars > 0;
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
    const isColumn = place === this.root;
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
    this.version += 1;
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
    if (this.#countScalar(place, bytes, start, end)) this.#statisticsOf(place).addJson(bytes, start, end, isString, this);
  }

  /** False for a text that means null. */
  #countScalar(place: ShapePlace, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#nulls.length > 0 && this.#isNullToken(bytes, start, end)) {
      place.nulls += 1;
      return false;
    }
    place.scalars += 1;
    if (place.scalars === 1) {
      place.first.scalar = { value: excerpt(bytes, start, end), at: this.#positionIn(place) };
      this.version += 1;
    }
    return true;
  }

  #statisticsOf(place: ShapePlace): StatisticsCollector {
    place.statistics ??= new StatisticsCollector(place.name, '', this.#classifier);
    return place.statistics;
  }

  #isNullToken(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#nulls.some((text) => sameBytes(text, bytes, start, end));
  }

  #example(place: ShapePlace, kind: Kind, start: number, end: number): void {
    this.version += 1;
    place.first[kind] = { value: excerpt(this.#tokens.bytes, start, end), at: this.#positionIn(place) };
  }

  #positionIn(place: ShapePlace): Position {
    return { ...this.positionOf(), column: place.name };
  }

  /** Where something in the record at hand stands. */
  #at(place: number): Position {
    return { ...this.positionOf(), byteOffset: this.#byteOffset + place };
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
