import { RESCUE_COLUMN } from '../checkpoint/persisted-names.ts';
import type { ColumnType } from '../columns/column-type.ts';
import { typeText } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { type Fix, nullFix, textFix } from '../findings/column-fixes.ts';
import type { ColumnDecision } from '../plan/ingestion-plan.ts';
import type { CandidateColumn, ColumnDebate } from './column-question.ts';
import { type ColumnStatistics, cellsOf } from './column-statistics.ts';
import { countMisfits } from './count-misfits.ts';
import { decideColumnType, type TypeDecision } from './decide-column-type.ts';
import { findReadings, readingFixes } from './find-readings.ts';
import { holdMisfits } from './hold-misfits.ts';
import { statisticsOf } from './merge-statistics.ts';
import { endOf, rejectsRows, severityOf } from './misfit-end.ts';
import { oneTextFix } from './one-text-fix.ts';
import { undeclaredFormat } from './undeclared-format.ts';

/** After it new columns join the table. */
export const ADD_COLUMNS: Fix = {
  title: 'Add new columns',
  specPatch: [{ op: 'replace', path: '/schema/onNewColumn', value: 'add' }],
};
const LEAVE_COLUMNS_OUT: Fix = {
  title: 'Leave new columns out',
  specPatch: [{ op: 'replace', path: '/schema/onNewColumn', value: 'ignore' }],
};
/** After it no unit waits because of values that do not fit an inferred type. */
export const REJECT_REFUTED: Fix = {
  title: 'Reject the rows that do not fit',
  specPatch: [{ op: 'replace', path: '/schema/onRefuted', value: 'reject-row' }],
};

/** Type and reason of a column that neither the spec nor the table knows; null: there is no such column, or not yet. */
export function inferNewColumn(
  candidate: CandidateColumn,
  debate: ColumnDebate,
): (Pick<ColumnDecision, 'origin' | 'evidence' | 'misfits' | 'inside'> & { type: ColumnType }) | null {
  const { policy, table } = debate.question;
  const first = candidate.seen.first?.observed;
  if (!first) return null;
  const { nested } = debate.question;
  if (nested?.isNestedColumn(candidate)) return nested.inferNestedColumn(candidate, debate);
  const statistics = statisticsOf(candidate);
  const isEmpty = statistics !== null && policy.infer !== 'off' && cellsOf(statistics) === 0 && !isSample(candidate, debate);
  if (isEmpty) {
    debate.findings.push(emptyColumn(candidate));
    return null;
  }
  if (table && !admitNewColumn(candidate, debate)) return null;
  if (!statistics) return { type: first.field.type, origin: 'file-schema', evidence: [], misfits: 0 };
  if (policy.infer === 'off') return { type: { kind: 'string' }, origin: 'inferred', evidence: [], misfits: 0 };
  const decided = decideColumnType(statistics);
  if (decided.type.kind === 'unknown') {
    debate.findings.push(emptySample(candidate));
    return { type: { kind: 'string' }, origin: 'inferred', evidence: [], misfits: 0 };
  }
  const { type, evidence, misfits } = decided;
  const readings = findReadings(statistics);
  if (misfits) {
    const better = [...readingFixes(candidate.name, candidate.declared, readings), ...oneTextFix(candidate, type, debate)];
    debate.findings.push(refuted(candidate, type, misfits, statistics, debate, better));
    if (policy.onRefuted === 'hold' && rejectsRows(candidate))
      holdMisfits(candidate, type, debate, 0, [
        ...better,
        REJECT_REFUTED,
        textFix(candidate.name, candidate.declared),
        nullFix(candidate.name, candidate.declared),
      ]);
  } else if (decided.reason === 'mixed' && readings.length > 0) {
    debate.findings.push(undeclaredFormat(candidate, readings, statistics, debate));
  } else if (decided.reason === 'text-number' || (decided.reason === 'mixed' && looksTyped(statistics))) {
    debate.findings.push(mixedTypes(candidate, decided, statistics, debate));
  }
  return { type, origin: 'inferred', evidence, misfits: misfits?.count ?? 0 };
}

/** A column that the table does not have yet. False: it is left out or its units wait. */
export function admitNewColumn(candidate: CandidateColumn, debate: ColumnDebate): boolean {
  if (debate.question.tableSchema?.holdFormerName(candidate, debate)) return false;
  const { name, seen } = candidate;
  const where = debate.uriOf(seen.first?.unit);
  switch (debate.question.policy.onNewColumn) {
    case 'add':
      debate.findings.push({
        code: 'SCHEMA_COLUMN_ADDED',
        severity: 'info',
        message: `Column "${name}" is new in ${where} and is added to the table; earlier rows have null there.`,
      });
      return true;
    case 'hold':
      for (const { unit } of seen) {
        const message = `${debate.uriOf(unit)} waits: column "${name}" is not in the table.`;
        const at = { unit: debate.question.names[unit]?.key ?? '', column: name };
        debate.hold(unit, {
          code: 'SCHEMA_COLUMN_HELD',
          severity: 'warning',
          message,
          at,
          fixes: [ADD_COLUMNS, LEAVE_COLUMNS_OUT],
        });
      }
      return false;
    case 'rescue':
      debate.findings.push({
        code: 'SCHEMA_COLUMN_RESCUED',
        severity: 'info',
        message: `Column "${name}" of ${where} is not in the table; its values are kept in ${RESCUE_COLUMN}.`,
        fixes: [ADD_COLUMNS],
      });
      return false;
    default:
      debate.findings.push({
        code: 'SCHEMA_COLUMN_IGNORED',
        severity: 'warning',
        message: `Column "${name}" of ${where} is not in the table and is left out.`,
        fixes: [ADD_COLUMNS],
      });
      return false;
  }
}

function isSample({ seen }: CandidateColumn, { question }: ColumnDebate): boolean {
  return seen.some(({ unit }) => question.units[unit]?.isSample);
}

function emptyColumn(candidate: CandidateColumn): Diagnostic {
  return {
    code: 'SCHEMA_COLUMN_EMPTY',
    severity: 'info',
    message: `Column "${candidate.name}" has no value in any file, so it is not created; it will be when values arrive.`,
    fixes: [{ ...textFix(candidate.name, candidate.declared), title: 'Create it as text now' }],
  };
}

function emptySample(candidate: CandidateColumn): Diagnostic {
  return {
    code: 'SCHEMA_COLUMN_EMPTY',
    severity: 'info',
    message: `Column "${candidate.name}" has no value in the part of the files that was looked at, so it is text; declare its type if you know it.`,
    fixes: [textFix(candidate.name, candidate.declared)],
  };
}

function refuted(
  candidate: CandidateColumn,
  type: ColumnType,
  { count, first }: NonNullable<TypeDecision['misfits']>,
  statistics: ColumnStatistics,
  debate: ColumnDebate,
  better: readonly Fix[],
): Diagnostic {
  const { name, declared } = candidate;
  const isHeld = debate.question.policy.onRefuted === 'hold' && rejectsRows(candidate);
  const end = isHeld ? 'their files wait' : endOf(declared);
  return {
    code: 'SCHEMA_VALUES_REFUTED',
    severity: severityOf(declared),
    message: `Column "${name}" is ${typeText(type)}: ${count} of ${cellsOf(statistics)} values do not fit, the first is ${JSON.stringify(first.value)}${debate.place(first.at)}; ${end}.`,
    at: first.at,
    evidence: [{ excludes: type, value: first.value, at: first.at }],
    fixes: [...better, textFix(name, declared), nullFix(name, declared)],
  };
}

function mixedTypes(
  candidate: CandidateColumn,
  { reason, evidence }: TypeDecision,
  statistics: ColumnStatistics,
  debate: ColumnDebate,
): Diagnostic {
  const cell = evidence.at(-1);
  // Of the types that as many values have, the narrowest.
  const nearest = evidence[0]?.excludes;
  const fixes = reason === 'mixed' && nearest ? oneTextFix(candidate, nearest, debate) : [];
  const why = reason === 'mixed' ? nearText(nearest, statistics) : 'a number with a leading zero or plus sign would lose it';
  return {
    code: 'SCHEMA_MIXED_TYPES',
    severity: 'info',
    message: `Column "${candidate.name}" is text: ${why}${cell ? `, see ${JSON.stringify(cell.value)}${debate.place(cell.at)}` : ''}.`,
    evidence,
    ...(cell ? { at: cell.at } : {}),
    ...(fixes.length > 0 ? { fixes } : {}),
  };
}

/** How near it came to the type that most values have. */
function nearText(type: ColumnType | undefined, statistics: ColumnStatistics): string {
  const cells = cellsOf(statistics);
  const fitting = type ? cells - countMisfits(statistics, type).count : 0;
  if (!type || fitting === 0) return 'its values are of several types';
  const share = fitting * 100 < cells * 99 ? 'less than 99 %' : 'too few values to go by';
  return `${fitting} of ${cells} values are ${typeText(type)}, which is ${share}`;
}

/** Half of the values or more are no plain text: a person may wonder why the column is. */
function looksTyped(statistics: ColumnStatistics): boolean {
  const { classes } = statistics;
  const texts = (classes.text?.count ?? 0) + (classes['text-number']?.count ?? 0);
  return texts * 2 <= cellsOf(statistics);
}
