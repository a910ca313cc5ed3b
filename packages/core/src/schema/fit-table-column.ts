import type { ColumnType, Field } from '../columns/column-type.ts';
import { sameType, typeText } from '../columns/column-type.ts';
import { type Fix, nullFix } from '../findings/column-fixes.ts';
import type { CandidateColumn, ColumnDebate } from './column-question.ts';
import { countMisfits } from './count-misfits.ts';
import { readingFixesAs } from './find-readings.ts';
import { holdMisfits } from './hold-misfits.ts';
import { endOf, isReadAsObserved, rejectsRows, severityOf } from './misfit-end.ts';
import { oneTextFix } from './one-text-fix.ts';
import { reportTextOfTable } from './report-text-of-table.ts';

const REJECT_ROWS: Fix = {
  title: 'Reject the rows that do not fit',
  specPatch: [{ op: 'replace', path: '/schema/onTypeChange', value: 'reject-row' }],
};
const WIDEN_COLUMNS: Fix = {
  title: 'Widen columns where their values need it',
  specPatch: [{ op: 'replace', path: '/schema/onTypeChange', value: 'widen' }],
};

/**
 * The type that a column of the table has after this batch: the one that it has, unless the spec lets it grow. Units in which too many
 * values do not fit wait; of the others such rows will be rejected, and said so.
 */
export function fitTableColumn(
  candidate: CandidateColumn,
  table: Field,
  debate: ColumnDebate,
): { type: ColumnType; misfits: number } {
  const { policy, limits } = debate.question;
  const type = policy.onTypeChange === 'widen' ? widened(candidate, table.type) : table.type;
  if (!sameType(type, table.type)) {
    debate.findings.push({
      code: 'SCHEMA_TYPE_CONFLICT',
      severity: 'info',
      message: `Column "${table.name}" is widened from ${typeText(table.type)} to ${typeText(type)}.`,
    });
  }
  const { declared } = candidate;
  // Read by rules of its own, which the statistics do not know: the values are judged when they are loaded.
  if (declared && !isReadAsObserved(declared.spec)) return { type, misfits: 0 };
  reportTextOfTable(candidate, table, debate);
  const readings = [...readingFixesAs(candidate, type), ...oneTextFix(candidate, type, debate)];
  if (policy.onTypeChange !== 'reject-row' && rejectsRows(candidate)) {
    const ratio = policy.onRefuted === 'hold' ? 0 : limits.maxRejectedRatio;
    const fixes = [
      ...readings,
      ...(fitsWhenWidened(candidate, type) ? [WIDEN_COLUMNS] : []),
      REJECT_ROWS,
      nullFix(table.name, declared),
    ];
    holdMisfits(candidate, type, debate, ratio, fixes);
  }
  const misfits = misfitsOf(candidate, type);
  const first = candidate.seen
    .map(({ observed }) => (observed.statistics ? countMisfits(observed.statistics, type).first : null))
    .find((cell) => cell !== null);
  if (misfits > 0 && first) {
    debate.findings.push({
      code: 'SCHEMA_VALUES_REFUTED',
      severity: severityOf(declared),
      message: `Column "${table.name}" of the table is ${typeText(type)}: ${misfits} new values do not fit, the first is ${JSON.stringify(first.value)}${debate.place(first.at)}; ${endOf(declared)}.`,
      at: first.at,
      evidence: [{ excludes: type, value: first.value, at: first.at }],
      fixes: [...readings, nullFix(table.name, declared)],
    });
  }
  return { type, misfits };
}

/** How many of the values that were seen a column of `type` would reject. */
export function misfitsOf(candidate: CandidateColumn, type: ColumnType, exact = true): number {
  const counts = candidate.seen.map(({ observed: { statistics } }) =>
    statistics ? countMisfits(statistics, type, { exact }).count : 0,
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What a table can change to without touching a file, when more values fit then: more digits of a decimal, 64 bits for 32. */
function widened(candidate: CandidateColumn, type: ColumnType): ColumnType {
  const wider = widestOf(type);
  return wider && misfitsOf(candidate, wider) < misfitsOf(candidate, type) ? wider : type;
}

function fitsWhenWidened(candidate: CandidateColumn, type: ColumnType): boolean {
  const wider = widestOf(type);
  return wider !== null && !sameType(wider, type) && misfitsOf(candidate, wider) === 0;
}

/** The widest type that a column of a type can get without touching a file; null: it cannot grow. */
export function widestOf(type: ColumnType): ColumnType | null {
  if (type.kind === 'decimal') return { ...type, precision: 38 };
  return type.kind === 'int32' ? { kind: 'int64' } : null;
}
