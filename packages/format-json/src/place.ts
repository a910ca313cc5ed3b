import type { ColumnType, Field } from '@calve/core/plugin';
import { CalveError, typeText } from '@calve/core/plugin';
import { KeyTable } from './key-table.ts';

/** Kinds of a place. A map is a list of key and value. */
export const TEXT = 0;
export const STRUCT = 1;
export const LIST = 2;
export const MAP = 3;

/** States of a text: there is none, it is a lexeme of the file, it is the text of a string. Of anything else: 0 null, 1 a value. */
export const IS_NULL = 0;
export const IS_VALUE = 1;
export const IS_STRING = 2;

const FIRST_ROWS = 64;

/**
 * One column, or a place inside of a nested one, while its rows come in: numbers in arrays that are filled again for every batch. Row `r` of a
 * struct is row `r` of its members; the elements of a list are rows of their own.
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

  states = new Uint8Array(FIRST_ROWS);
  /** A text in the bytes of the chunk; of a list its elements among the rows of `element`. */
  starts = new Uint32Array(FIRST_ROWS);
  ends = new Uint32Array(FIRST_ROWS);
  /** Of the elements of a list: how many there are. */
  count = 0;

  constructor(name: string, kind: number, members: readonly Place[], element: Place | null) {
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
    if (row >= this.states.length) {
      const rows = Math.max(row + 1, this.states.length * 2);
      this.states = grown(new Uint8Array(rows), this.states);
      this.starts = grown(new Uint32Array(rows), this.starts);
      this.ends = grown(new Uint32Array(rows), this.ends);
      for (const member of this.members) member.reach(rows - 1);
    }
  }

  /** Makes row `row` null again, and gives up the elements that it has: it has to be the last row that has any. */
  clear(row: number): void {
    if (this.states[row] === IS_NULL) return;
    this.states[row] = IS_NULL;
    for (const member of this.members) member.clear(row);
    this.element?.truncate(this.starts[row] as number);
  }

  /** A new row, null so far. */
  append(): number {
    this.reach(this.count);
    this.count += 1;
    return this.count - 1;
  }

  /** All of the first `rows` rows are null again. */
  reset(rows: number): void {
    this.states.fill(IS_NULL, 0, rows);
    for (const member of this.members) member.reset(rows);
    this.element?.reset(this.element.count);
    if (this.element) this.element.count = 0;
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
export function recordPlace(fields: readonly Field[]): Place {
  return structPlace('', fields);
}

function structPlace(name: string, fields: readonly Field[]): Place {
  return new Place(
    name,
    STRUCT,
    fields.map((field) => placeOf(field.name, field.type)),
    null,
  );
}

function placeOf(name: string, type: ColumnType): Place {
  switch (type.kind) {
    case 'string':
      return new Place(name, TEXT, [], null);
    case 'struct':
      return structPlace(name, type.fields);
    case 'list':
      return new Place(name, LIST, [], placeOf('', type.element.type));
    case 'map':
      if (type.key.type.kind !== 'string') break;
      return new Place(
        name,
        MAP,
        [],
        structPlace('', [
          { ...type.key, name: 'key' },
          { ...type.value, name: 'value' },
        ]),
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

function grown<T extends Uint8Array | Uint32Array>(larger: T, known: T): T {
  larger.set(known);
  return larger;
}
