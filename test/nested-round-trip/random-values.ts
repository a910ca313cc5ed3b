import type { SeededRandom } from '@calve/testkit';
import { type ColumnKind, type Scalar, VALUE_CLASSES } from '../round-trip/column-kinds.ts';
import { canonicalText } from '../round-trip/scalar-texts.ts';
import type { ModelField, ModelType, ModelValue, Position, SeenValue } from './model-type.ts';
import { ModelEntry, ModelStruct } from './model-type.ts';

/** Random values of a type, and what they are examples of. */
export class RandomValues {
  readonly #random: SeededRandom;
  readonly #nullLists: boolean;
  /** Every leaf value that was made. */
  readonly seen: SeenValue[] = [];

  /** @param nullLists False: lists and maps of nested values are never null. */
  constructor(random: SeededRandom, nullLists: boolean) {
    this.#random = random;
    this.#nullLists = nullLists;
  }

  /** One row. */
  row(fields: readonly ModelField[]): ModelStruct {
    return this.#struct(fields, 'top level');
  }

  #struct(fields: readonly ModelField[], position: Position): ModelStruct {
    const struct = new ModelStruct();
    for (const field of fields) struct.members.set(field.uid, this.#value(field, position));
    return struct;
  }

  #value({ type, required }: ModelField, position: Position): ModelValue {
    if (type.kind === 'leaf') return this.#scalar(type.leaf, position, required);
    const mayBeNull = this.#nullLists || type.kind === 'struct' || !holdsStructs(type);
    if (!required && mayBeNull && this.#random.below(6) === 0) return null;
    return this.#nested(type);
  }

  #nested(type: Exclude<ModelType, { kind: 'leaf' }>): ModelValue {
    if (type.kind === 'struct') return this.#struct(type.fields, 'struct');
    const count = this.#random.pick([0, 1, 2, 3, 5]);
    if (type.kind === 'list') return Array.from({ length: count }, () => this.#value(type.element, 'list'));
    // No reader promises anything of a map in which a key comes twice.
    const entries = new Map<string, ModelEntry>();
    for (let at = 0; at < count; at++) {
      const key = this.#value(type.key, 'map key');
      const text = type.key.type.kind === 'leaf' ? canonicalText(type.key.type.leaf.type, key as Scalar) : String(at);
      if (!entries.has(text)) entries.set(text, new ModelEntry(key, this.#value(type.value, 'map')));
    }
    return [...entries.values()];
  }

  #scalar(kind: ColumnKind, position: Position, required: boolean): Scalar | null {
    const wanted = this.#random.pick(VALUE_CLASSES);
    if (wanted === 'null' && !required) {
      this.seen.push({ kind: kind.name, position, class: 'null' });
      return null;
    }
    const examples = wanted === 'null' || wanted === 'ordinary' ? null : kind.classes[wanted];
    if (examples === null || typeof examples === 'string') {
      this.seen.push({ kind: kind.name, position, class: 'ordinary' });
      return kind.ordinary(this.#random);
    }
    this.seen.push({ kind: kind.name, position, class: wanted });
    return this.#random.pick(examples);
  }
}

/** True for lists of structs, and for maps to structs. */
export function holdsStructs(type: ModelType): boolean {
  return (
    (type.kind === 'list' && type.element.type.kind === 'struct') || (type.kind === 'map' && type.value.type.kind === 'struct')
  );
}
