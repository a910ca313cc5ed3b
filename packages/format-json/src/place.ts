import type { ColumnType, Field } from '@calve/core/plugin';
import { CalveError, typeText } from '@calve/core/plugin';
import { type CellRows, IS_NULL, NO_ROWS, type RowMemory, SAYS_NULL } from './cell-rows.ts';
import { KeyTable } from './key-table.ts';

/** Kinds of a place. A map is a list of key and value. */
export const TEXT = 0;
export const STRUCT = 1;
export const LIST = 2;
export const MAP = 3;

/** Rows are copied for a batch of which fewer than one in so many is in use. */
const SPARSE = 4;

/**
 * One column, or a place inside of a nested one, while its rows come in: numbers in buffers that go out with every batch. Row `r` of a struct is
 * row `r` of its members; the elements of a list are rows of their own.
 */
export class Place {
  readonly name: string;
  readonly kind: number;
  /** Of a struct its members; of a map's elements key and value. */
  readonly members: readonly Place[];
  readonly keys = new KeyTable();
  /** Of a list or map. */
  readonly element: Place | null;
  /** Among the members of its struct. */
  position = 0;
  /** Of a struct whose unknown members are kept aside: its number among them. */
  rescued = -1;
  /** Of the object in which it was met last: it is met twice when that is the object at hand. */
  object = 0;

  states = NO_ROWS.states;
  /** A text in the bytes of the chunk; of a list its elements among the rows of `element`. */
  starts = NO_ROWS.starts;
  ends = NO_ROWS.ends;
  /** Of the elements of a list: how many there are. */
  count = 0;
  readonly #memory: RowMemory;
  #rows = NO_ROWS;

  constructor(name: string, kind: number, members: readonly Place[], element: Place | null, memory: RowMemory) {
    this.#memory = memory;
    this.name = name;
    this.kind = kind;
    this.members = members;
    this.element = element;
    members.forEach((member, position) => {
      const key = new TextEncoder().encode(member.name);
      member.position = position;
      this.keys.add(key, 0, key.length);
    });
  }

  /** Makes room for row `row`, here and in everything that has the same rows. */
  reach(row: number): void {
    if (row < this.states.length) return;
    const known = this.#rows;
    const larger = this.#memory.take(Math.max(row + 1, known.states.length * 2));
    larger.states.set(known.states);
    larger.starts.set(known.starts);
    larger.ends.set(known.ends);
    this.#memory.give(known);
    this.#use(larger);
    for (const member of this.members) member.reach(row);
  }

  /** True as well for a row that was never reached. */
  isNull(row: number): boolean {
    return row >= this.states.length || this.states[row] === IS_NULL;
  }

  /** Makes row `row` null again, and gives up the elements that it has: it has to be the last row that has any. */
  clear(row: number): void {
    if (this.isNull(row)) return;
    const state = this.states[row];
    this.states[row] = IS_NULL;
    if (state === SAYS_NULL) return;
    for (const member of this.members) member.clear(row);
    this.element?.truncate(this.starts[row] as number);
  }

  /** A new row, null so far. */
  append(): number {
    this.reach(this.count);
    this.count += 1;
    return this.count - 1;
  }

  /** Gives away the first `rows` rows, of this place only, and begins again with none. Whoever gets them gives them to the memory. */
  hand(rows: number): CellRows {
    const own = this.#rows;
    this.count = 0;
    if (own === NO_ROWS) return own;
    if (rows * SPARSE >= own.states.length) {
      this.#use(this.#memory.take(own.states.length));
      return own;
    }
    const copy = this.#memory.take(rows);
    copy.states.set(own.states.subarray(0, rows));
    copy.starts.set(own.starts.subarray(0, rows));
    copy.ends.set(own.ends.subarray(0, rows));
    own.states.fill(IS_NULL, 0, rows);
    return copy;
  }

  /** The first `rows` rows are null again; what is inside was handed over. */
  reset(rows: number): void {
    this.states.fill(IS_NULL, 0, rows);
  }

  /** The first `rows` rows are null again, here and below: nothing is handed over. */
  empty(rows: number): void {
    this.states.fill(IS_NULL, 0, rows);
    for (const member of this.members) member.empty(rows);
    this.element?.empty(this.element.count);
    if (this.element) this.element.count = 0;
  }

  /** Gives up all buffers, here and below. Nothing may be read any more. */
  close(): void {
    this.#memory.give(this.#rows);
    this.#use(NO_ROWS);
    for (const member of this.members) member.close();
    this.element?.close();
  }

  #use(rows: CellRows): void {
    this.#rows = rows;
    this.states = rows.states;
    this.starts = rows.starts;
    this.ends = rows.ends;
  }

  private truncate(count: number): void {
    for (let row = this.count - 1; row >= count; row -= 1) this.clear(row);
    this.count = count;
  }
}

/**
 * The places of a reader's fields: a struct whose rows are the records.
 *
 * @throws {CalveError} `CONTRACT_UNSUPPORTED`: a leaf that is no text, or a map whose keys are no text.
 */
export function recordPlace(fields: readonly Field[], memory: RowMemory): Place {
  return structPlace('', fields, memory);
}

function structPlace(name: string, fields: readonly Field[], memory: RowMemory): Place {
  return new Place(
    name,
    STRUCT,
    fields.map((field) => placeOf(field.name, field.type, memory)),
    null,
    memory,
  );
}

function placeOf(name: string, type: ColumnType, memory: RowMemory): Place {
  switch (type.kind) {
    case 'string':
      return new Place(name, TEXT, [], null, memory);
    case 'struct':
      return structPlace(name, type.fields, memory);
    case 'list':
      return new Place(name, LIST, [], placeOf('', type.element.type, memory), memory);
    case 'map':
      if (type.key.type.kind !== 'string') break;
      return new Place(
        name,
        MAP,
        [],
        structPlace(
          '',
          [
            { ...type.key, name: 'key' },
            { ...type.value, name: 'value' },
          ],
          memory,
        ),
        memory,
      );
    default:
      break;
  }
  throw new CalveError(
    'CONTRACT_UNSUPPORTED',
    `The JSON decoder reads structs, lists and maps with text at every leaf; "${name}" was to be ${typeText(type)}.`,
    { recovery: 'report', context: { name } },
  );
}
