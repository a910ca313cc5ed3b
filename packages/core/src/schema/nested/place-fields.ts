import type { Diagnostic } from '../../errors/diagnostic.ts';
import type { ObservedField } from '../../format/observation.ts';
import type { Path } from '../../json/json.ts';
import type { ColumnDebate, PlacedField } from '../column-question.ts';
import type { ValueShape } from '../value-shape.ts';
import { mergeAll } from './merge-shapes.ts';
import { memberShape } from './nested-type.ts';
import { scalarsOf, shapeOf } from './scalars-of-shape.ts';

/** What some units have at one place: by unit index. */
type Seen = Map<number, ValueShape>;

/**
 * The columns of each unit as the spec wants them: objects flattened, the elements of an exploded list in place of the list, and the places
 * inside nested data that the spec names. Which objects are flattened follows from all units together, so that all get the same columns.
 */
export function placeFields(debate: ColumnDebate): ReadonlyMap<number, readonly PlacedField[]> {
  const { units, flatten, explode, declared } = debate.question;
  const inside = Object.values(declared).flatMap(({ from = [] }) => (from.length > 1 ? [from] : []));
  let isList = false;
  const placed = new Map<number, PlacedField[]>(debate.taking.map((unit) => [unit, []]));
  if (!flatten && !explode && inside.length === 0) {
    for (const unit of debate.taking) placed.set(unit, (units[unit]?.fields ?? []).map(withScalars));
    return placed;
  }
  for (const { name, seen, plain } of rootsOf(debate)) {
    const emitted = new Set<string>();
    const emit = (path: Path, at: Seen, isText: boolean, declaredOnly = false): void => {
      const key = path.join('\u0000');
      if (emitted.has(key)) return;
      emitted.add(key);
      for (const [unit, shape] of at) {
        placed.get(unit)?.push(withScalars(fieldAt(path, shape, isText, declaredOnly, flatten?.separator ?? '_')));
      }
    };
    const walk = (path: Path, at: Seen, levels: number): void => {
      const isExploded = explode !== undefined && samePlace(path, explode);
      isList ||= isExploded && [...at.values()].some(({ arrays }) => arrays > 0);
      const here = isExploded ? elementsOf(at) : at;
      const merged = mergeAll([...here.values()]);
      const isObject = merged.objects > 0 && merged.scalars + merged.arrays === 0 && !merged.anyMember;
      // What stands around an exploded list is repeated for each element, so the levels that lead to it are flattened.
      const leadsToList = explode !== undefined && path.length < explode.length && samePlace(path, explode.slice(0, path.length));
      if ((levels > 0 || leadsToList) && isObject && (merged.members?.length ?? 0) > 0) {
        for (const { name: member } of merged.members ?? [])
          walk([...path, member], membersOf(here, member), Math.max(0, levels - 1));
      } else emit(path, here, flatten?.arrays === 'text' && here === at && merged.arrays > 0);
    };
    // A column that no format calls nested stays as it was observed.
    if (plain) for (const [unit, field] of plain) placed.get(unit)?.push(withScalars(field));
    else walk([name], seen, flatten?.depth ?? 0);
    for (const path of inside.filter(([root = '']) => root.toLowerCase() === name.toLowerCase())) {
      let at: Seen = seen;
      for (let depth = 1; depth <= path.length; depth++) {
        if (explode && samePlace(path.slice(0, depth), explode)) at = elementsOf(at);
        const member = path[depth];
        if (member !== undefined) at = membersOf(at, member);
      }
      if (at.size > 0) emit([name, ...path.slice(1)], at, false, true);
    }
  }
  if (explode && !isList && debate.taking.length > 0) debate.findings.push(noList(explode));
  return placed;
}

function noList(explode: Path): Diagnostic {
  return {
    code: 'SCHEMA_COLUMN_UNKNOWN',
    severity: 'warning',
    message: `No file has a list at "${explode.join('.')}", whose elements are to become rows: each record is one row.`,
  };
}

/** A column without anything nested is a text column like those of a text file. */
function withScalars(observed: ObservedField): PlacedField {
  const { shape } = observed;
  if (!shape || shape.objects + shape.arrays > 0) return observed;
  return { ...observed, statistics: scalarsOf(shape) ?? { values: 0, nulls: shape.nulls, empty: 0, classes: {} } };
}

interface RootColumn {
  name: string;
  seen: Seen;
  /** Set when the column has no nested value anywhere. */
  plain: Map<number, ObservedField> | null;
}

/** The columns of the files, equal names ignoring case together; two of them in one unit stay apart. */
function rootsOf({ taking, question: { units } }: ColumnDebate): RootColumn[] {
  const roots = new Map<string, { name: string; fields: Map<number, ObservedField> }>();
  for (const unit of taking) {
    for (const observed of units[unit]?.fields ?? []) {
      const { name } = observed.field;
      let key = name.toLowerCase();
      while (roots.get(key)?.fields.has(unit)) key += '\u0000';
      const root = roots.get(key) ?? { name, fields: new Map() };
      root.fields.set(unit, observed);
      roots.set(key, root);
    }
  }
  return [...roots.values()].map(({ name, fields }) => {
    const isPlain = [...fields.values()].every(({ shape }) => !shape || shape.objects + shape.arrays === 0);
    const seen: Seen = new Map([...fields].map(([unit, observed]) => [unit, shapeOf(observed)]));
    return { name, seen, plain: isPlain ? fields : null };
  });
}

function fieldAt(path: Path, shape: ValueShape, isText: boolean, declaredOnly: boolean, separator: string): PlacedField {
  return {
    field: { name: path.join(separator), type: { kind: isText ? 'string' : 'unknown' }, required: false },
    evidence: [],
    path,
    ...(isText ? {} : { shape }),
    ...(declaredOnly ? { declaredOnly } : {}),
  };
}

function membersOf(seen: Seen, name: string): Seen {
  return mapped(seen, (shape) => memberShape(shape, name));
}

/** The elements instead of the lists. What is no list stays as it is: it does not fit, and will be said so. */
function elementsOf(seen: Seen): Seen {
  return mapped(seen, (shape) => (shape.arrays > 0 ? shape.element : shape));
}

function mapped(seen: Seen, next: (shape: ValueShape) => ValueShape | undefined): Seen {
  const found: Seen = new Map();
  for (const [unit, shape] of seen) {
    const inside = next(shape);
    if (inside) found.set(unit, inside);
  }
  return found;
}

function samePlace(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((name, at) => (at === 0 ? name.toLowerCase() === b[0]?.toLowerCase() : name === b[at]));
}
