import type { ColumnType, Field } from '../../columns/column-type.ts';
import type { Path } from '../../json/json.ts';
import type { ExampleCell } from '../column-statistics.ts';
import { decideColumnType, type TypeDecision } from '../decide-column-type.ts';
import type { ValueShape } from '../value-shape.ts';
import { valuesOfMembers } from './merge-shapes.ts';
import { scalarsOf } from './scalars-of-shape.ts';

/** Levels of structs, lists and maps; deeper places are text. Other engines read no tables that are much deeper. */
const MOST_LEVELS = 50;

/** What was decided about one place with values of its own. */
export interface LeafDecision {
  /** Below the column: names of members, `element` for those of lists, `value` for those of maps. */
  path: Path;
  decision: TypeDecision;
  /** How many values there are. */
  values: number;
}

/** What a person should know about a place. */
export type ShapeNote = { path: Path } & (
  | { kind: 'mixed'; values: ExampleCell[] }
  | { kind: 'empty'; isText: boolean }
  | { kind: 'same-name'; names: [string, string] }
  | { kind: 'nameless' }
  | { kind: 'keys' }
  | { kind: 'too-deep' }
);

/** The type of a place and all below it. */
export interface ShapeDecision {
  /** `null`: there is nothing to make a type of, only nulls, empty objects and empty arrays. */
  type: ColumnType | null;
  leaves: LeafDecision[];
  notes: ShapeNote[];
}

/** How a shape is judged. */
export interface ShapeQuestion {
  /** Only a part was looked at: a place without values may have some, so it is text. */
  isSample: boolean;
}

/**
 * Decides the type of a place. Pure.
 *
 * Objects are structs with their members in order of first appearance, or a map when there are more keys than names; arrays are lists; scalars
 * are decided like the cells of a text column. Different kinds at one place, two members whose names differ in case only, and places that are
 * nested too deep are text: the source text of whatever stands there.
 */
export function decideShape(shape: ValueShape, question: ShapeQuestion, path: Path = []): ShapeDecision {
  const kinds = [shape.scalars, shape.objects, shape.arrays].filter((count) => count > 0).length;
  if (kinds === 0) return empty(path, question);
  if (kinds > 1) {
    const { scalar, object, array } = shape.first;
    return asText({ path, kind: 'mixed', values: [scalar, object, array].filter((cell) => cell !== undefined) });
  }
  if (shape.scalars > 0) return decideScalars(shape, path, question);
  if (path.length >= MOST_LEVELS) return asText({ path, kind: 'too-deep' });
  return shape.objects > 0 ? decideObjects(shape, question, path) : decideList(shape, question, path);
}

function decideScalars(shape: ValueShape, path: Path, question: ShapeQuestion): ShapeDecision {
  const statistics = scalarsOf(shape);
  if (!statistics) return { type: { kind: 'string' }, leaves: [], notes: [] };
  const decision = decideColumnType(statistics);
  if (decision.type.kind === 'unknown') return empty(path, question);
  return { type: decision.type, leaves: [{ path, decision, values: shape.scalars }], notes: [] };
}

function decideList({ element }: ValueShape, question: ShapeQuestion, path: Path): ShapeDecision {
  const inside: Path = [...path, 'element'];
  const decided = element ? decideShape(element, question, inside) : empty(inside, question);
  if (decided.type === null) return { type: null, leaves: [], notes: [{ path, kind: 'empty', isText: false }] };
  return { ...decided, type: { kind: 'list', element: optional('element', decided.type) } };
}

function decideObjects(shape: ValueShape, question: ShapeQuestion, path: Path): ShapeDecision {
  if (shape.anyMember) return decideMap(shape, question, path);
  const notes: ShapeNote[] = [];
  const leaves: LeafDecision[] = [];
  const fields: Field[] = [];
  const names = new Map<string, string>();
  for (const { name, shape: member } of shape.members ?? []) {
    if (name === '') {
      notes.push({ path, kind: 'nameless' });
      continue;
    }
    const twin = names.get(name.toLowerCase());
    if (twin !== undefined) return asText({ path, kind: 'same-name', names: [twin, name] });
    names.set(name.toLowerCase(), name);
    const decided = decideShape(member, question, [...path, name]);
    notes.push(...decided.notes);
    if (decided.type === null) continue;
    leaves.push(...decided.leaves);
    fields.push(optional(name, decided.type));
  }
  if (fields.length > 0) return { type: { kind: 'struct', fields }, leaves, notes };
  return question.isSample ? empty(path, question) : { type: null, leaves: [], notes: [{ path, kind: 'empty', isText: false }] };
}

function decideMap(shape: ValueShape, question: ShapeQuestion, path: Path): ShapeDecision {
  const decided = decideShape(valuesOfMembers(shape), question, [...path, 'value']);
  const type: ColumnType = {
    kind: 'map',
    key: { name: 'key', type: { kind: 'string' }, required: true },
    value: optional('value', decided.type ?? { kind: 'string' }),
  };
  return { type, leaves: decided.leaves, notes: [{ path, kind: 'keys' }, ...decided.notes] };
}

function empty(path: Path, { isSample }: ShapeQuestion): ShapeDecision {
  return { type: isSample ? { kind: 'string' } : null, leaves: [], notes: [{ path, kind: 'empty', isText: isSample }] };
}

function asText(note: ShapeNote): ShapeDecision {
  return { type: { kind: 'string' }, leaves: [], notes: [note] };
}

function optional(name: string, type: ColumnType): Field {
  return { name, type, required: false };
}
