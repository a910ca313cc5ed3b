import type { ColumnType, Field } from '@calve/core/plugin';
import { COLUMN_KINDS, type ColumnKind, type Scalar, type ValueClass } from '../round-trip/column-kinds.ts';

/** Where a value is: the rows of the coverage table. */
export const POSITIONS = ['top level', 'struct', 'list', 'map', 'map key'] as const;
export type Position = (typeof POSITIONS)[number];

/**
 * A field as the test thinks of it. `uid` stays the same for ever, whatever the field is called and wherever it stands: values are kept by it, so
 * that a renamed or moved column still has its own.
 */
export interface ModelField {
  uid: number;
  name: string;
  type: ModelType;
  required: boolean;
}

export type ModelType =
  | { kind: 'leaf'; leaf: ColumnKind }
  | { kind: 'struct'; fields: ModelField[] }
  | { kind: 'list'; element: ModelField }
  | { kind: 'map'; key: ModelField; value: ModelField };

/** A value: a scalar; members by `uid`; elements; entries; null. */
export type ModelValue = Scalar | null | ModelStruct | ModelValue[] | ModelEntry[];

/** Members of a struct, or columns of a row, by `uid`. One that is missing was added later: it is null. */
export class ModelStruct {
  readonly members = new Map<number, ModelValue>();
}

/** One entry of a map. */
export class ModelEntry {
  readonly key: ModelValue;
  readonly value: ModelValue;
  constructor(key: ModelValue, value: ModelValue) {
    this.key = key;
    this.value = value;
  }
}

/** One value of a leaf, for the coverage table. */
export interface SeenValue {
  kind: string;
  position: Position;
  class: ValueClass;
}

/** The kind with a name such as `decimal(38,10)`. */
export function kindNamed(name: string): ColumnKind {
  const kind = COLUMN_KINDS.find((candidate) => candidate.name === name);
  if (!kind) throw new Error(`there is no kind ${name}`);
  return kind;
}

/** The type in Calve's words. */
export function columnTypeOf(type: ModelType): ColumnType {
  switch (type.kind) {
    case 'leaf':
      return type.leaf.type;
    case 'struct':
      return { kind: 'struct', fields: type.fields.map(fieldOf) };
    case 'list':
      return { kind: 'list', element: { ...fieldOf(type.element), name: 'element' } };
    case 'map':
      return { kind: 'map', key: { ...fieldOf(type.key), name: 'key' }, value: { ...fieldOf(type.value), name: 'value' } };
  }
}

/** The field in Calve's words, without an id. */
export function fieldOf({ name, type, required }: ModelField): Field {
  return { name, type: columnTypeOf(type), required };
}

/** Every field of a type, from the outside in. */
export function* fieldsInside(fields: readonly ModelField[]): Generator<ModelField> {
  for (const field of fields) {
    yield field;
    if (field.type.kind === 'struct') yield* fieldsInside(field.type.fields);
    if (field.type.kind === 'list') yield* fieldsInside([field.type.element]);
    if (field.type.kind === 'map') yield* fieldsInside([field.type.key, field.type.value]);
  }
}

/** Names of the kinds of all leaves. */
export function leafKinds(fields: readonly ModelField[]): Set<string> {
  return new Set([...fieldsInside(fields)].flatMap(({ type }) => (type.kind === 'leaf' ? [type.leaf.name] : [])));
}
