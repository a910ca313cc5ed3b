import type { ColumnType } from '../columns/column-type.ts';
import { typeText } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ColumnDecision } from '../plan/ingestion-plan.ts';
import { jsonPointer } from '../spec/json-pointer.ts';
import type { CandidateColumn, ColumnDebate } from './column-question.ts';
import type { ColumnStatistics } from './column-statistics.ts';
import { cellsOf, holdMisfits } from './fit-table-column.ts';
import { decideColumnType, mergeColumnStatistics, type TypeDecision } from './infer-columns.ts';

type Fix = NonNullable<Diagnostic['fixes']>[number];

const ADD_COLUMNS: Fix = {
  title: 'Add new columns',
  specPatch: [{ op: 'replace', path: '/schema/onNewColumn', value: 'add' }],
};
const REJECT_REFUTED: Fix = {
  title: 'Reject the rows that do not fit',
  specPatch: [{ op: 'replace', path: '/schema/onRefuted', value: 'reject-row' }],
};

/** Type and reason of a column that neither the spec nor the table knows; null: there is no such column, or not yet. */
export function inferNewColumn(
  candidate: CandidateColumn,
  debate: ColumnDebate,
): (Pick<ColumnDecision, 'origin' | 'evidence' | 'misfits'> & { type: ColumnType }) | null {
  const { policy, table } = debate.question;
  const first = candidate.seen[0]?.observed;
  if (!first) return null;
  const statistics = mergedStatistics(candidate);
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
  if (misfits) {
    debate.findings.push(refuted(candidate, type, misfits, statistics, debate));
    if (policy.onRefuted === 'hold') holdMisfits(candidate, type, debate, 0, [REJECT_REFUTED, makeText(candidate)]);
  } else if (decided.reason === 'text-number' || (decided.reason === 'mixed' && looksTyped(statistics))) {
    debate.findings.push(mixedTypes(candidate, decided, debate));
  }
  return { type, origin: 'inferred', evidence, misfits: misfits?.count ?? 0 };
}

/** A column that the table does not have yet. False: it is left out or its units wait. */
function admitNewColumn({ name, seen }: CandidateColumn, debate: ColumnDebate): boolean {
  const where = debate.uriOf(seen[0]?.unit);
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
        debate.hold(unit, { code: 'SCHEMA_COLUMN_HELD', severity: 'warning', message, fixes: [ADD_COLUMNS] });
      }
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

function mergedStatistics({ seen }: CandidateColumn): ColumnStatistics | null {
  const known = seen.flatMap(({ observed }) => observed.statistics ?? []);
  const [first, ...rest] = known;
  return first && known.length === seen.length ? rest.reduce(mergeColumnStatistics, first) : null;
}

function isSample({ seen }: CandidateColumn, { question }: ColumnDebate): boolean {
  return seen.some(({ unit }) => question.units[unit]?.isSample);
}

function emptyColumn(candidate: CandidateColumn): Diagnostic {
  return {
    code: 'SCHEMA_COLUMN_EMPTY',
    severity: 'info',
    message: `Column "${candidate.name}" has no value in any file, so it is not created; it will be when values arrive.`,
    fixes: [{ ...makeText(candidate), title: 'Create it as text now' }],
  };
}

function emptySample(candidate: CandidateColumn): Diagnostic {
  return {
    code: 'SCHEMA_COLUMN_EMPTY',
    severity: 'info',
    message: `Column "${candidate.name}" has no value in the part of the files that was looked at, so it is text; declare its type if you know it.`,
    fixes: [makeText(candidate)],
  };
}

function refuted(
  candidate: CandidateColumn,
  type: ColumnType,
  { count, first }: NonNullable<TypeDecision['misfits']>,
  statistics: ColumnStatistics,
  debate: ColumnDebate,
): Diagnostic {
  const end = debate.question.policy.onRefuted === 'hold' ? 'their files wait' : 'their rows will be rejected';
  return {
    code: 'SCHEMA_VALUES_REFUTED',
    severity: 'warning',
    message: `Column "${candidate.name}" is ${typeText(type)}: ${count} of ${cellsOf(statistics)} values do not fit, the first is ${JSON.stringify(first.value)}${debate.place(first.at)}; ${end}.`,
    at: first.at,
    evidence: [{ excludes: type, value: first.value, at: first.at }],
    fixes: [makeText(candidate)],
  };
}

function mixedTypes({ name }: CandidateColumn, { reason, evidence }: TypeDecision, debate: ColumnDebate): Diagnostic {
  const cell = evidence.at(-1);
  const why =
    reason === 'mixed'
      ? 'most of its values have a narrower type, but not 99 %'
      : 'a number with a leading zero or plus sign would lose it';
  return {
    code: 'SCHEMA_MIXED_TYPES',
    severity: 'info',
    message: `Column "${name}" is text: ${why}${cell ? `, see ${JSON.stringify(cell.value)}${debate.place(cell.at)}` : ''}.`,
    evidence,
    ...(cell ? { at: cell.at } : {}),
  };
}

/** Half of the values or more are no plain text: a person may wonder why the column is. */
function looksTyped(statistics: ColumnStatistics): boolean {
  const { classes } = statistics;
  const texts = (classes.text?.count ?? 0) + (classes['text-number']?.count ?? 0);
  return texts * 2 <= cellsOf(statistics);
}

/** Keeps what else the spec says about the column. */
function makeText({ name, declared }: CandidateColumn): Fix {
  const type = { kind: 'string' };
  const at = ['outputs', 0, 'columns', declared?.name ?? name];
  const patch = declared
    ? { op: 'add', path: jsonPointer([...at, 'type']), value: type }
    : { op: 'add', path: jsonPointer(at), value: { type } };
  return { title: `Make "${name}" text`, specPatch: [patch] };
}
