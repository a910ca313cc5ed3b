import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import { columnOfCode } from '../replay/replay-filter.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import { type Fix, nullFix, textFix } from './column-fixes.ts';
import { isAboveRatio } from './is-above-ratio.ts';
import { isMergeKey, isNullKey } from './merge-keys.ts';

/** Columns for which a fix of their own is offered. */
const MOST_COLUMNS = 3;

/** How many rows were read and rejected, and why. */
export interface RejectionCounts {
  rows: number;
  rejected: number;
  /** By code: rows that have it. */
  codes: ReadonlyMap<string, number>;
}

/**
 * What may be done about too many rejected rows, the better ones first: what takes the values of the guilty columns, then a higher limit. Pure.
 *
 * @param counts Of what is above a limit.
 * @param facts.isCut Reading stopped at the limit: how many there are is not known.
 * @param facts.isTableMade Other files of the plan are loaded all the same, so that its columns have their types from then on.
 */
export function rejectionFixes(
  plan: Pick<IngestionPlan, 'program' | 'spec'>,
  counts: RejectionCounts,
  { isCut, isTableMade }: { isCut: boolean; isTableMade: boolean },
): Fix[] {
  const columns = [...counts.codes]
    .sort(([, a], [, b]) => b - a)
    .flatMap(([code]) => {
      const column = columnOfCode(code);
      return column === null || code.endsWith(':null') || isNullKey(code) ? [] : [column];
    });
  const guilty = [...new Set(columns)].slice(0, MOST_COLUMNS);
  return [...guilty.flatMap((column) => columnFixOf(plan, column, isTableMade) ?? []), isCut ? noLimitFix() : ratioFix(counts)];
}

/** A column of a table keeps its type, and a row without its key cannot be merged. */
function columnFixOf(
  { program, spec }: Pick<IngestionPlan, 'program' | 'spec'>,
  column: string,
  isTableMade: boolean,
): Fix | null {
  const { changes = [], mode } = program.outputs[0] ?? {};
  const isNew = changes.some(({ kind, path }) => kind === 'create-table' || (kind === 'add-column' && path[0] === column));
  const declared = columnSpecOf(spec.outputs[0]?.columns ?? {}, column);
  if (isNew && !isTableMade) return textFix(column, declared);
  return isMergeKey(mode, column) ? null : nullFix(column, declared);
}

/** The share that there is, in whole percents above it. */
function ratioFix({ rows, rejected }: RejectionCounts): Fix {
  let percent = Math.floor((rejected / Math.max(rows, 1)) * 100);
  // 28.999999999999996 and the like: the limit itself says whether it is enough.
  while (percent < 100 && isAboveRatio(rejected, rows, percent / 100)) percent += 1;
  const ratio = percent / 100;
  return {
    title: `Load the rest, and set up to ${percent} % of the rows aside`,
    specPatch: [{ op: 'replace', path: '/limits/maxRejectedRatio', value: ratio }],
  };
}

function noLimitFix(): Fix {
  return {
    title: 'Load the rest, and set aside however many rows do not fit',
    specPatch: [
      { op: 'replace', path: '/limits/maxRejectedRows', value: Number.MAX_SAFE_INTEGER },
      { op: 'replace', path: '/limits/maxRejectedRatio', value: 1 },
    ],
  };
}
