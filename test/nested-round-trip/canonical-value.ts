import type { CanonicalValue } from '../readers/readers.ts';
import type { Scalar } from '../round-trip/column-kinds.ts';
import { canonicalText } from '../round-trip/scalar-texts.ts';
import type { ModelEntry, ModelField, ModelStruct, ModelType, ModelValue } from './model-type.ts';
import { storedScalar } from './nested-column.ts';

/** What every reader has to answer for a value; the entries of a map in the order of their keys' texts, since maps have none. */
export function canonicalOf(type: ModelType, value: ModelValue | undefined): CanonicalValue {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case 'leaf':
      return canonicalText(type.leaf.type, storedScalar(type.leaf.name, value as Scalar) as Scalar);
    case 'struct':
      return membersOf(type.fields, value as ModelStruct);
    case 'list':
      return (value as ModelValue[]).map((member) => canonicalOf(type.element.type, member));
    case 'map': {
      const entries = (value as ModelEntry[]).map((entry) => [
        canonicalOf(type.key.type, entry.key),
        canonicalOf(type.value.type, entry.value),
      ]);
      return entries.sort(byText);
    }
  }
}

/** A row, or a struct, in the order of the fields. */
export function membersOf(fields: readonly ModelField[], struct: ModelStruct): CanonicalValue[] {
  return fields.map((field) => canonicalOf(field.type, struct.members.get(field.uid)));
}

/** What a reader answered, with the entries of maps in the order of their keys' texts. */
export function sortedMaps(type: ModelType, value: CanonicalValue): CanonicalValue {
  if (!Array.isArray(value)) return value;
  switch (type.kind) {
    case 'leaf':
      return value;
    case 'struct':
      return value.map((member, at) => {
        const field = type.fields[at];
        return field ? sortedMaps(field.type, member) : member;
      });
    case 'list':
      return value.map((member) => sortedMaps(type.element.type, member));
    case 'map': {
      const entries = value.map(
        (entry): CanonicalValue =>
          Array.isArray(entry) ? [entry[0] ?? null, sortedMaps(type.value.type, entry[1] ?? null)] : entry,
      );
      return entries.sort(byText);
    }
  }
}

function byText(a: CanonicalValue, b: CanonicalValue): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
