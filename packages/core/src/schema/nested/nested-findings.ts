import { type ColumnType, typeText } from '../../columns/column-type.ts';
import type { Diagnostic } from '../../errors/diagnostic.ts';
import type { Json, Path } from '../../json/json.ts';
import { jsonPointer } from '../../spec/json-pointer.ts';
import type { CandidateColumn, ColumnDebate } from '../column-question.ts';
import type { ExampleCell } from '../column-statistics.ts';
import type { LeafDecision, ShapeNote } from './decide-shape.ts';
import { withTypeAt } from './nested-type.ts';
import type { ShapeMisfit } from './shape-misfits.ts';

type Fix = NonNullable<Diagnostic['fixes']>[number];

const TEXT: ColumnType = { kind: 'string' };

/** A place for people: `customer.address`, `items.element.price`. */
export function placeName(column: string, path: Path): string {
  return [column, ...path].join('.');
}

/** A patch after which one place is text, or the whole column when its type is not known. Keeps what else the spec says. */
export function makeTextAt({ name, declared }: CandidateColumn, path: Path, type: ColumnType | null): Fix {
  const whole = type === null || path.length === 0;
  const wanted = (whole ? TEXT : withTypeAt(type, path, () => TEXT)) as unknown as Json;
  const at = ['outputs', 0, 'columns', declared?.name ?? name];
  const patch = declared
    ? { op: 'add', path: jsonPointer([...at, 'type']), value: wanted }
    : { op: 'add', path: jsonPointer(at), value: { type: wanted } };
  return { title: `Make "${placeName(name, whole ? [] : path)}" text`, specPatch: [patch] };
}

/** What is worth telling about how the type of a nested place came about. */
export function noteFinding(candidate: CandidateColumn, note: ShapeNote, debate: ColumnDebate): Diagnostic {
  const place = placeName(candidate.name, note.path);
  switch (note.kind) {
    case 'mixed': {
      const [first, second] = note.values;
      const shown = note.values.map((cell) => `${JSON.stringify(cell.value)}${debate.place(cell.at)}`).join(' and ');
      return {
        code: 'SCHEMA_MIXED_TYPES',
        severity: 'warning',
        message: `"${place}" is text: its values are of different kinds, see ${shown}.`,
        ...(second ? { at: second.at } : {}),
        evidence: [first, second].flatMap((cell) => (cell ? [{ excludes: TEXT, value: cell.value, at: cell.at }] : [])),
      };
    }
    case 'empty':
      return {
        code: 'SCHEMA_COLUMN_EMPTY',
        severity: 'info',
        message: note.isText
          ? `"${place}" has no value in the part of the files that was looked at, so it is text; declare its type if you know it.`
          : `"${place}" has no value in any file, so it is not created; it will be when values arrive.`,
      };
    case 'same-name':
      return {
        code: 'SCHEMA_NAME_CONFLICT',
        severity: 'warning',
        message: `"${place}" is text: its members "${note.names[0]}" and "${note.names[1]}" differ in case only, and most engines cannot tell them apart.`,
      };
    case 'nameless':
      return {
        code: 'SCHEMA_COLUMN_IGNORED',
        severity: 'warning',
        message: `A member of "${place}" has an empty name and is left out; declare "${candidate.name}" as string to keep it.`,
        fixes: [makeTextAt(candidate, [], null)],
      };
    case 'keys':
      return {
        code: 'SCHEMA_MIXED_TYPES',
        severity: 'info',
        message: `"${place}" is a map: it has so many different keys that they are data and no names.`,
      };
    case 'too-deep':
      return {
        code: 'SCHEMA_MIXED_TYPES',
        severity: 'warning',
        message: `"${place}" is text: it is nested too deep for a table.`,
      };
  }
}

/** Why a place inside is text although its values look typed, or that a few values do not fit; `null`: there is nothing to tell. */
export function leafFinding(
  candidate: CandidateColumn,
  { path, decision, values }: LeafDecision,
  type: ColumnType,
  debate: ColumnDebate,
): Diagnostic | null {
  const place = placeName(candidate.name, path);
  const { misfits, reason, evidence } = decision;
  if (misfits) {
    const { first, count } = misfits;
    const end = debate.question.policy.onRefuted === 'hold' ? 'their files wait' : 'their rows will be rejected';
    return {
      code: 'SCHEMA_VALUES_REFUTED',
      severity: 'warning',
      message: `"${place}" is ${typeText(decision.type)}: ${count} of ${values} values do not fit, the first is ${JSON.stringify(first.value)}${debate.place(first.at)}; ${end}.`,
      ...evidenceAt(place, decision.type, first),
      fixes: [makeTextAt(candidate, path, type)],
    };
  }
  const cell = evidence.at(-1);
  if (reason !== 'text-number' || !cell) return null;
  return {
    code: 'SCHEMA_MIXED_TYPES',
    severity: 'info',
    message: `"${place}" is text: a number with a leading zero or plus sign would lose it, see ${JSON.stringify(cell.value)}${debate.place(cell.at)}.`,
    at: { ...cell.at, column: place },
    evidence,
  };
}

/** `"a.b" is int64, but 3 of 10 values do not fit, the first is "x" in a.json line 3`. */
export function misfitText(column: string, { path, type, count, of, first }: ShapeMisfit, debate: ColumnDebate): string {
  const example = first ? `, the first is ${JSON.stringify(first.value)}${debate.place(first.at)}` : '';
  return `"${placeName(column, path)}" is ${kindText(type)}, but ${count} of ${of} values do not fit${example}`;
}

/** Without what is inside: at a place that is a struct, what stands there is no object. */
function kindText(type: ColumnType): string {
  return type.kind === 'struct' || type.kind === 'list' || type.kind === 'map' ? `a ${type.kind}` : typeText(type);
}

/** Where a misfit is, for a diagnostic. */
export function misfitPlace(column: string, { path, type, first }: ShapeMisfit): Pick<Diagnostic, 'at' | 'evidence'> {
  return first ? evidenceAt(placeName(column, path), type, first) : {};
}

/** Formats know the name of a member only, and not what it is inside of. */
function evidenceAt(place: string, excludes: ColumnType, { value, at }: ExampleCell): Pick<Diagnostic, 'at' | 'evidence'> {
  const there = { ...at, column: place };
  return { at: there, evidence: [{ excludes, value, at: there }] };
}
