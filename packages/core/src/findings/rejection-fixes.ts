import type { Json } from '../json/json.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import { type CodePlace, placeOfCode, takesNull } from './code-place.ts';
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

/** What decides which fixes are of use. */
export interface RejectionFacts {
  /** Reading stopped at the limit: how many there are is not known. */
  isCut: boolean;
  /** Other files of the plan are loaded all the same, so that its columns have their types from then on. */
  isTableMade: boolean;
  /** Where rejected rows could be kept, which the spec does not keep; null: nobody knows. Absent: it keeps them. */
  quarantine?: Json | null;
}

/**
 * What may be done about too many rejected rows, the better ones first: what takes the values of the guilty columns, then a place for rejected rows, or a
 * higher limit. Pure.
 *
 * @param counts Of what is above a limit.
 */
export function rejectionFixes(
  plan: Pick<IngestionPlan, 'program' | 'spec'>,
  counts: RejectionCounts,
  facts: RejectionFacts,
): Fix[] {
  const fields = plan.program.outputs[0]?.fields ?? [];
  const places = new Map<string, CodePlace[]>();
  for (const [code] of [...counts.codes].sort(([, a], [, b]) => b - a)) {
    const place = code.endsWith(':null') || isNullKey(code) ? null : placeOfCode(code, fields);
    if (place) places.set(place.column, [...(places.get(place.column) ?? []), place]);
  }
  const guilty = [...places.values()].slice(0, MOST_COLUMNS);
  return [...guilty.flatMap((same) => columnFixOf(plan, same, facts.isTableMade) ?? []), ...lastFixes(plan, counts, facts)];
}

/** @param places Of one column. A column of a table keeps its type, and a row without its key cannot be merged. */
function columnFixOf(
  { program, spec }: Pick<IngestionPlan, 'program' | 'spec'>,
  places: readonly CodePlace[],
  isTableMade: boolean,
): Fix | null {
  const { column, name } = places[0] as CodePlace;
  const { changes = [], mode } = program.outputs[0] ?? {};
  const isNew = changes.some(({ kind, path }) => kind === 'create-table' || (kind === 'add-column' && path[0] === column));
  const declared = columnSpecOf(spec.outputs[0]?.columns ?? {}, column);
  const isInside = places.some(({ path }) => path.length > 0);
  const canBeNull = places.every(takesNull) && !isMergeKey(mode, column);
  // What is inside of a column is no reason to give up all of it.
  if (isNew && !isTableMade && !(isInside && canBeNull)) return textFix(column, declared);
  return canBeNull ? nullFix(column, declared, places.length === 1 ? name : column) : null;
}

/** The rows are set aside. */
function lastFixes({ spec }: Pick<IngestionPlan, 'spec'>, counts: RejectionCounts, { isCut, quarantine }: RejectionFacts): Fix[] {
  if (quarantine === undefined) return [isCut ? noLimitFix() : ratioFix(counts)];
  if (quarantine === null) return [];
  const added = { op: 'add', path: '/outputs/-', value: quarantine };
  const isAbove = isAboveRatio(counts.rejected, counts.rows, spec.limits.maxRejectedRatio);
  const { title, specPatch } = ratioFix(counts);
  return isAbove
    ? [{ title: `${title}, in a table of their own`, specPatch: [added, ...specPatch] }]
    : [{ title: 'Load the rest, and set such rows aside in a table of their own', specPatch: [added] }];
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
