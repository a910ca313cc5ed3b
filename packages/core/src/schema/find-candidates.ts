import type { Field } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Path } from '../json/json.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import { jsonPointer } from '../spec/json-pointer.ts';
import type { CandidateColumn, ColumnDebate, ColumnQuestion, PlacedField } from './column-question.ts';
import { SeenFields } from './seen-fields.ts';

/**
 * The columns that a table may get: its own first, then those of the files in order of appearance. Names are compared without case, as
 * most engines do; names inside nested data exactly. A column of a file may fill several columns of the table; one whose name is filled from
 * elsewhere is left out, and said so. A unit with two columns of one name waits.
 */
export function findCandidates(debate: ColumnDebate): CandidateColumn[] {
  const { units, declared, table, reserved, nested } = debate.question;
  const reservedNames = new Set(reserved.map(folded));
  const entries = Object.entries(declared);
  const byPath = Map.groupBy(entries, ([name, { from }]) => keyOf(from ?? [name]));
  const byName = new Map<string, CandidateColumn>();
  for (const field of table ?? []) {
    if (reservedNames.has(folded(field.name))) continue;
    byName.set(folded(field.name), candidateOf(field.name, [field.name], field, declared));
  }
  const placed = nested?.placeFields(debate);
  const leftOut = new Set<string>();
  let lastFields: readonly PlacedField[] | null = null;
  let lastUnits: number[] = [];
  for (const unit of debate.taking) {
    const fields = placed?.get(unit) ?? units[unit]?.fields ?? [];
    // What one unit fills, the next one with the very same fields fills too, if there was nothing to hold.
    if (fields === lastFields) {
      lastUnits.push(unit);
      continue;
    }
    const alike = [unit];
    let isPlain = true;
    for (const observed of fields) {
      const path = observed.path ?? [observed.field.name];
      for (const name of targetsOf(observed, path, byPath, declared)) {
        const candidate = byName.get(folded(name)) ?? candidateOf(name, path, null, declared);
        // A column of the table that nobody has spoken of is filled from the first place that bears its name.
        if (candidate.seen.isEmpty && !candidate.declared?.spec.from) candidate.source = sourceOf(path);
        if (keyOf(candidate.source) === keyOf(path)) {
          byName.set(folded(name), candidate);
          if (candidate.seen.last?.unit === unit) {
            debate.hold(unit, sameName(candidate, observed, unit, debate));
            isPlain = false;
          } else {
            candidate.seen.add(alike, observed);
          }
        } else if (candidate.declared?.spec.from === undefined) {
          debate.hold(unit, takenByFlattening(name, path, candidate, unit, debate));
          isPlain = false;
        } else if (!leftOut.has(keyOf(path))) {
          leftOut.add(keyOf(path));
          debate.findings.push(nameTaken(observed.field.name, candidate, unit, debate));
        }
      }
    }
    lastFields = isPlain ? fields : null;
    lastUnits = alike;
  }
  return [...byName.values()];
}

/** The columns of the table that a place of the files fills. */
function targetsOf(
  { field, declaredOnly }: PlacedField,
  path: Path,
  byPath: ReadonlyMap<string, [string, unknown][]>,
  declared: ColumnQuestion['declared'],
): string[] {
  const named = byPath.get(keyOf(path))?.map(([name]) => name);
  if (named || declaredOnly) return named ?? [];
  // A flattened column goes by its joined name.
  return path.length > 1 ? [columnSpecOf(declared, field.name)?.name ?? field.name] : [field.name];
}

function candidateOf(name: string, path: Path, table: Field | null, columns: ColumnQuestion['declared']): CandidateColumn {
  const declared = columnSpecOf(columns, name);
  return { name, source: sourceOf(declared?.spec.from ?? path), declared, table, seen: new SeenFields() };
}

function nameTaken(name: string, { source }: CandidateColumn, unit: number, debate: ColumnDebate): Diagnostic {
  const { units, declared } = debate.question;
  const inFiles = units.flatMap(({ fields }) => fields.map(({ field }) => field.name));
  const taken = new Set([...inFiles, ...Object.keys(declared)].map(folded));
  let number = 2;
  while (taken.has(folded(`${name}_${number}`))) number += 1;
  const free = `${name}_${number}`;
  return {
    code: 'SCHEMA_COLUMN_IGNORED',
    severity: 'warning',
    message: `Column "${name}" of ${debate.uriOf(unit)} is left out: the spec fills the column of that name from "${source.join('.')}".`,
    fixes: [
      {
        title: `Load it as "${free}"`,
        specPatch: [{ op: 'add', path: jsonPointer(['outputs', 0, 'columns', free]), value: { from: [name] } }],
      },
    ],
  };
}

function sameName({ seen }: CandidateColumn, { field }: PlacedField, unit: number, debate: ColumnDebate): Diagnostic {
  const other = seen.last?.observed.field.name ?? field.name;
  return {
    code: 'SCHEMA_NAME_CONFLICT',
    severity: 'warning',
    message: `${debate.uriOf(unit)} waits: its columns "${other}" and "${field.name}" differ in case only, and most engines cannot tell them apart.`,
  };
}

function takenByFlattening(
  name: string,
  path: Path,
  { source }: CandidateColumn,
  unit: number,
  debate: ColumnDebate,
): Diagnostic {
  const separator = debate.question.flatten?.separator ?? '_';
  return {
    code: 'SCHEMA_NAME_CONFLICT',
    severity: 'warning',
    message: `${debate.uriOf(unit)} waits: "${path.join('.')}" and "${source.join('.')}" would both become the column "${name}".`,
    fixes: [
      {
        title: 'Join names with more between them',
        specPatch: [{ op: 'add', path: '/outputs/0/flatten/separator', value: separator + separator }],
      },
    ],
  };
}

/** A path that equals others which mean the same place. */
function keyOf(path: Path): string {
  return sourceOf(path).join('\u0000');
}

function sourceOf([root = '', ...rest]: Path): Path {
  return [folded(root), ...rest];
}

function folded(name: string): string {
  return name.toLowerCase();
}
