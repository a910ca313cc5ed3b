import type { Diagnostic } from '../errors/diagnostic.ts';
import type { OnFailure } from '../projection/projection.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import type { CandidateColumn } from './column-question.ts';

const ENDS: Record<OnFailure, string> = {
  'reject-row': 'their rows will be rejected',
  null: 'they will be null',
  rescue: 'they will be kept aside',
  'fail-unit': 'their files will be quarantined',
  'fail-run': 'the run will fail',
};

type Declared = CandidateColumn['declared'];

/** What becomes of values that do not fit a column, as the spec wants it. */
export function endOf(declared: Declared): string {
  return ENDS[declared?.spec.onFailure ?? 'reject-row'];
}

/** Somebody who decided what becomes of them is told, and not warned. */
export function severityOf(declared: Declared): Diagnostic['severity'] {
  const policy = declared?.spec.onFailure;
  return policy === 'null' || policy === 'rescue' ? 'info' : 'warning';
}

/** Values that do not fit take their rows with them: a unit with too many of them may have to wait. */
export function rejectsRows({ declared }: Pick<CandidateColumn, 'declared'>): boolean {
  return severityOf(declared) === 'warning';
}

/** The statistics know the strict grammar and the null texts of the format; trimming and words of one column they do not know. */
export function isReadAsObserved({ trim, nulls, formats = [], parse = {} }: ColumnSpec): boolean {
  const { exact: _, ...words } = parse;
  return !trim && nulls === undefined && formats.length === 0 && Object.keys(words).length === 0;
}
