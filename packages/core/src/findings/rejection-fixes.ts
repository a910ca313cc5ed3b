import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import { columnOfCode } from '../replay/replay-filter.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import { type Fix, nullFix, textFix } from './column-fixes.ts';

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
 * @param isCut Reading stopped at the limit: how many there are is not known.
 */
export function rejectionFixes(plan: Pick<IngestionPlan, 'program' | 'spec'>, counts: RejectionCounts, isCut: boolean): Fix[] {
  const columns = [...counts.codes]
    .sort(([, a], [, b]) => b - a)
    .flatMap(([code]) => {
      const column = columnOfCode(code);
      return column === null || code.endsWith(':null') ? [] : [column];
    });
  const guilty = [...new Set(columns)].slice(0, MOST_COLUMNS);
  return [...guilty.map((column) => columnFixOf(plan, column)), isCut ? noLimitFix() : ratioFix(counts)];
}

/** A column of a table keeps its type. */
function columnFixOf({ program, spec }: Pick<IngestionPlan, 'program' | 'spec'>, column: string): Fix {
  const changes = program.outputs[0]?.changes ?? [];
  const isNew = changes.some(({ kind, path }) => kind === 'create-table' || (kind === 'add-column' && path[0] === column));
  const declared = columnSpecOf(spec.outputs[0]?.columns ?? {}, column);
  return isNew ? textFix(column, declared) : nullFix(column, declared);
}

/** The share that there is, in whole percents above it. */
function ratioFix({ rows, rejected }: RejectionCounts): Fix {
  const ratio = Math.min(1, Math.ceil((rejected / Math.max(rows, 1)) * 100) / 100);
  return {
    title: `Load the rest, and set up to ${Math.round(ratio * 100)} % of the rows aside`,
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
