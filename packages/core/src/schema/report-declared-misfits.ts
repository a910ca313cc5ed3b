import { type ColumnType, typeText } from '../columns/column-type.ts';
import type { OnFailure } from '../projection/projection.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import { jsonPointer } from '../spec/json-pointer.ts';
import type { CandidateColumn, ColumnDebate } from './column-question.ts';
import type { ExampleCell } from './column-statistics.ts';
import { cellsOf } from './fit-table-column.ts';
import { countMisfits } from './infer-columns.ts';

const ENDS: Record<OnFailure, string> = {
  'reject-row': 'their rows will be rejected',
  null: 'they will be null',
  rescue: 'they will be kept aside',
  'fail-unit': 'their files will be quarantined',
  'fail-run': 'the run will fail',
};

/**
 * The user's type stands; what it costs is said before anything is loaded.
 *
 * @returns How many values do not fit, as far as that is known: a column that is read by rules of its own is not judged.
 */
export function reportDeclaredMisfits(
  { name, seen }: CandidateColumn,
  type: ColumnType,
  declared: NonNullable<CandidateColumn['declared']>,
  debate: ColumnDebate,
): number {
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
  const end = isOver ? 'that is more than the limit, so nothing will be committed' : ENDS[policy];
  debate.findings.push({
    code: 'SCHEMA_VALUES_REFUTED',
    severity: 'warning',
    message: `Column "${name}" is declared ${typeText(type)}: ${count} of ${cells} values do not fit, the first is ${JSON.stringify(first.value)}${debate.place(first.at)}; ${end}.`,
    at: first.at,
    evidence: [{ excludes: type, value: first.value, at: first.at }],
    fixes: [
      {
        title: `Make "${name}" text`,
        specPatch: [
          { op: 'replace', path: jsonPointer(['outputs', 0, 'columns', declared.name, 'type']), value: { kind: 'string' } },
        ],
      },
    ],
  });
  return count;
}

/** The statistics know the strict grammar and the null texts of the format; trimming and words of one column they do not know. */
function isReadAsObserved({ trim, nulls, formats = [], parse = {} }: ColumnSpec): boolean {
  const { exact: _, ...words } = parse;
  return !trim && nulls === undefined && formats.length === 0 && Object.keys(words).length === 0;
}
