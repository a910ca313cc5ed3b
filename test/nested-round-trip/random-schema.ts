import type { SeededRandom } from '@calve/testkit';
import type { ColumnKind } from '../round-trip/column-kinds.ts';
import type { ModelField, ModelType } from './model-type.ts';

const NAMES = [
  'größe',
  'a b',
  'order',
  'UPPER',
  "it's",
  '名前',
  'plain',
  'constructor',
  'element',
  'key',
  'value',
  'list',
  '__proto__',
];
const DEEPEST = 4;

/** Makes random fields of which no two have the same `uid`. */
export class RandomSchema {
  readonly #random: SeededRandom;
  readonly #kinds: readonly ColumnKind[];
  #lastUid = 0;
  #turn: number;

  /** @param kinds Types of leaves, taken in turn. @param turn Which of them comes first. */
  constructor(random: SeededRandom, kinds: readonly ColumnKind[], turn: number) {
    this.#random = random;
    this.#kinds = kinds;
    this.#turn = turn;
  }

  /** A field with a type of its own. */
  field(type: ModelType, siblings: readonly ModelField[], required = false, name = this.#name(siblings)): ModelField {
    return { uid: ++this.#lastUid, name, type, required };
  }

  leaf(kind = this.#kinds[this.#turn++ % this.#kinds.length] as ColumnKind): ModelType {
    return { kind: 'leaf', leaf: kind };
  }

  /** A struct, list or map of this depth or less. */
  nested(shape: 'struct' | 'list' | 'map', depth: number): ModelType {
    switch (shape) {
      case 'struct': {
        const fields: ModelField[] = [];
        for (let count = 1 + this.#random.below(3); count > 0; count--)
          fields.push(this.field(this.#inner(depth), fields, this.#random.below(5) === 0));
        return { kind: 'struct', fields };
      }
      case 'list':
        return { kind: 'list', element: this.field(this.#inner(depth), [], this.#random.below(5) === 0, 'element') };
      case 'map': {
        const key = this.field(this.leaf(), [], true, 'key');
        return { kind: 'map', key, value: this.field(this.#inner(depth), [], this.#random.below(5) === 0, 'value') };
      }
    }
  }

  #inner(depth: number): ModelType {
    if (depth >= DEEPEST || this.#random.below(5) < 3) return this.leaf();
    return this.nested(this.#random.pick(['struct', 'list', 'map'] as const), depth + 1);
  }

  /** A name that no sibling has, upper and lower case being the same. */
  #name(siblings: readonly ModelField[]): string {
    const wanted = this.#random.pick(NAMES);
    const isTaken = siblings.some(({ name }) => name.toLowerCase() === wanted.toLowerCase());
    return isTaken ? `${wanted}_${this.#lastUid + 1}` : wanted;
  }
}
