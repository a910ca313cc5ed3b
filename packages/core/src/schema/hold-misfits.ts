import { type ColumnType, sameType, typeText } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Fix } from '../findings/column-fixes.ts';
import type { ObservedField } from '../format/observation.ts';
import type { CandidateColumn, ColumnDebate } from './column-question.ts';
import { cellsOf } from './column-statistics.ts';
import { countMisfits } from './count-misfits.ts';

/**
 * Holds every unit of which more values than `ratio` do not fit a type.
 *
 * @param fixes Patches of the spec after which the unit would not wait.
 */
export function holdMisfits(
  candidate: CandidateColumn,
  type: ColumnType,
  debate: ColumnDebate,
  ratio: number,
  fixes: readonly Fix[],
): void {
  for (const { unit, observed } of candidate.seen) {
    const conflict = conflictOf(observed, type, debate, ratio);
    if (!conflict) continue;
    const { what, ...place } = conflict;
    const message = `${debate.uriOf(unit)} waits: column "${candidate.name}" is ${typeText(type)}, but ${what}.`;
    debate.hold(unit, { code: 'SCHEMA_TYPE_CONFLICT', severity: 'warning', message, ...place, fixes: [...fixes] });
  }
}

function conflictOf(
  { field, statistics }: ObservedField,
  type: ColumnType,
  debate: ColumnDebate,
  ratio: number,
): ({ what: string } & Pick<Diagnostic, 'at' | 'evidence'>) | null {
  if (!statistics) return sameType(field.type, type) ? null : { what: `the file declares ${typeText(field.type)}` };
  const { count, first } = countMisfits(statistics, type);
  const cells = cellsOf(statistics);
  if (!first || count <= cells * ratio) return null;
  return {
    what: `${count} of ${cells} values do not fit, the first is ${JSON.stringify(first.value)}${debate.place(first.at)}`,
    at: first.at,
    evidence: [{ excludes: type, value: first.value, at: first.at }],
  };
}
