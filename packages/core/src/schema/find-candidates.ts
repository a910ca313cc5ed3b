import type { Field } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import { jsonPointer } from '../spec/json-pointer.ts';
import type { CandidateColumn, ColumnDebate, ColumnQuestion } from './column-question.ts';

/**
 * The columns that a table may get: its own first, then those of the files in order of appearance. Names are compared without case, as
 * most engines do. A column of a file may fill several columns of the table; one whose name is filled from elsewhere is left out, and
 * said so.
 */
export function findCandidates(debate: ColumnDebate): CandidateColumn[] {
  const { units, declared, table, reserved } = debate.question;
  const reservedNames = new Set(reserved.map(folded));
  const targets = Map.groupBy(Object.entries(declared), ([name, spec]) => folded(spec.from?.[0] ?? name));
  const byName = new Map<string, CandidateColumn>();
  for (const field of table ?? []) {
    if (reservedNames.has(folded(field.name))) continue;
    byName.set(folded(field.name), candidateOf(field.name, field, declared));
  }
  const leftOut = new Set<string>();
  for (const unit of debate.taking) {
    for (const observed of units[unit]?.fields ?? []) {
      const source = folded(observed.field.name);
      const names = targets.get(source)?.map(([name]) => name) ?? [observed.field.name];
      for (const name of names) {
        const candidate = byName.get(folded(name)) ?? candidateOf(name, null, declared);
        if (candidate.source === source) {
          byName.set(folded(name), candidate);
          candidate.seen.push({ unit, observed });
        } else if (!leftOut.has(source)) {
          leftOut.add(source);
          debate.findings.push(nameTaken(observed.field.name, candidate, unit, debate));
        }
      }
    }
  }
  return [...byName.values()];
}

function candidateOf(name: string, table: Field | null, columns: ColumnQuestion['declared']): CandidateColumn {
  const declared = columnSpecOf(columns, name);
  return { name, source: folded(declared?.spec.from?.[0] ?? name), declared, table, seen: [] };
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
    message: `Column "${name}" of ${debate.uriOf(unit)} is left out: the spec fills the column of that name from "${source}".`,
    fixes: [
      {
        title: `Load it as "${free}"`,
        specPatch: [{ op: 'add', path: jsonPointer(['outputs', 0, 'columns', free]), value: { from: [name] } }],
      },
    ],
  };
}

function folded(name: string): string {
  return name.toLowerCase();
}
