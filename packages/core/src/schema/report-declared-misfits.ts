import { type ColumnType, typeText } from '../columns/column-type.ts';
import { nullFix, textFix } from '../findings/column-fixes.ts';
import type { CandidateColumn, ColumnDebate } from './column-question.ts';
import { cellsOf, type ExampleCell } from './column-statistics.ts';
import { countMisfits } from './count-misfits.ts';
import { readingFixesAs } from './find-readings.ts';
import { endOf, isReadAsObserved, severityOf } from './misfit-end.ts';
import { oneTextFix } from './one-text-fix.ts';

/**
 * The user's type stands; what it costs is said before anything is loaded.
 *
 * @returns How many values do not fit, as far as that is known: a column that is read by rules of its own is not judged.
 */
export function reportDeclaredMisfits(
  candidate: CandidateColumn,
  type: ColumnType,
  declared: NonNullable<CandidateColumn['declared']>,
  debate: ColumnDebate,
): number {
  const { name, seen, table } = candidate;
  const { spec } = declared;
  if (!isReadAsObserved(spec)) return 0;
  const exact = spec.parse?.exact ?? false;
  let count = 0;
  let cells = 0;
  let rows = 0;
  let first: ExampleCell | null = null;
  for (const { observed } of seen) {
    if (!observed.statistics) continue;
    const misfits = countMisfits(observed.statistics, type, { exact });
    count += misfits.count;
    cells += cellsOf(observed.statistics);
    rows += observed.statistics.values + observed.statistics.nulls;
    first ??= misfits.first;
  }
  if (count === 0 || !first) return count;
  const policy = spec.onFailure ?? 'reject-row';
  // Rows of files without the column are not known here.
  const isTooMany = seen.length === debate.taking.length && count > rows * debate.question.limits.maxRejectedRatio;
  const isOver = policy === 'reject-row' && isTooMany;
  const end = isOver ? 'that is more than the limit, so nothing will be committed' : endOf(declared);
  debate.findings.push({
    code: 'SCHEMA_VALUES_REFUTED',
    severity: severityOf(declared),
    message: `Column "${name}" is declared ${typeText(type)}: ${count} of ${cells} values do not fit, the first is ${JSON.stringify(first.value)}${debate.place(first.at)}; ${end}.`,
    at: first.at,
    evidence: [{ excludes: type, value: first.value, at: first.at }],
    // A column that a table has keeps its type.
    fixes: [
      ...readingFixesAs(candidate, type),
      ...oneTextFix(candidate, type, debate),
      ...(table ? [] : [textFix(name, declared)]),
      nullFix(name, declared),
    ],
  });
  return count;
}
