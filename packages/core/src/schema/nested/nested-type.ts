import type { ColumnType, Field } from '../../columns/column-type.ts';
import type { Path } from '../../json/json.ts';
import type { ValueShape } from '../value-shape.ts';
import { valuesOfMembers } from './merge-shapes.ts';

/** A member that objects have and the struct at `path` has not. */
export interface NewMember {
  /** Of the struct. */
  path: Path;
  name: string;
  shape: ValueShape;
}

/** True for types with something inside. */
export function isNestedType({ kind }: ColumnType): boolean {
  return kind === 'struct' || kind === 'list' || kind === 'map';
}

/** The members that a shape has and a type has not, outer ones first, in order of appearance. */
export function newMembersOf(shape: ValueShape, type: ColumnType, path: Path = []): NewMember[] {
  switch (type.kind) {
    case 'struct': {
      if (shape.anyMember) return [];
      const members = shape.members ?? [];
      const fresh = members.filter(({ name }) => name !== '' && !type.fields.some((field) => field.name === name));
      return [
        ...fresh.map(({ name, shape: member }) => ({ path, name, shape: member })),
        ...type.fields.flatMap((field) => {
          const member = members.find(({ name }) => name === field.name);
          return member ? newMembersOf(member.shape, field.type, [...path, field.name]) : [];
        }),
      ];
    }
    case 'list':
      return shape.element ? newMembersOf(shape.element, type.element.type, [...path, 'element']) : [];
    case 'map':
      return newMembersOf(valuesOfMembers(shape), type.value.type, [...path, 'value']);
    default:
      return [];
  }
}

/** The shape at a place below another one; `null`: nothing was seen there. */
export function shapeAt(shape: ValueShape, type: ColumnType, [step, ...rest]: Path): ValueShape | null {
  if (step === undefined) return shape;
  const next = type.kind === 'list' ? shape.element : type.kind === 'map' ? valuesOfMembers(shape) : memberShape(shape, step);
  const inside = insideOf(type, step);
  return next && inside ? shapeAt(next, inside.type, rest) : null;
}

/** The member of that exact name. */
export function memberShape(shape: ValueShape, name: string): ValueShape | undefined {
  return shape.members?.find((member) => member.name === name)?.shape;
}

/** The field at a place: of a struct the member, of a list `element`, of a map `key` or `value`. */
export function insideOf(type: ColumnType, step: string): Field | undefined {
  if (type.kind === 'struct') return type.fields.find(({ name }) => name === step);
  if (type.kind === 'list') return type.element;
  return type.kind === 'map' ? (step === 'key' ? type.key : type.value) : undefined;
}

/** The type with something else at one place; ids, docs and everything around it stay. */
export function withTypeAt(type: ColumnType, [step, ...rest]: Path, change: (type: ColumnType) => ColumnType): ColumnType {
  if (step === undefined) return change(type);
  const inside = (field: Field): Field => ({ ...field, type: withTypeAt(field.type, rest, change) });
  if (type.kind === 'struct')
    return { ...type, fields: type.fields.map((field) => (field.name === step ? inside(field) : field)) };
  if (type.kind === 'list') return { ...type, element: inside(type.element) };
  if (type.kind === 'map') return step === 'key' ? { ...type, key: inside(type.key) } : { ...type, value: inside(type.value) };
  return type;
}
