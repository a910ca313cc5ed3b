import type { ColumnType } from '../columns/column-type.ts';
import {
  blockingCells,
  type Candidate,
  candidates,
  candidateType,
  classFit,
  firstOf,
  fittingClasses,
  isOpen,
} from './candidate-types.ts';
import { cellClasses } from './classify-cell.ts';
import type { ColumnStatistics, ExampleCell } from './column-statistics.ts';
import type { Evidence } from './evidence.ts';

/** A type that most cells fit is taken from so many cells on ... */
const fewestCells = 100;
/** ... when at most one in so many does not fit. */
const cellsPerMisfit = 100;

/** The type of a text column and why. */
export interface TypeDecision {
  type: ColumnType;
  /** For each narrower type, in order, the value that rules it out; for text, what stands in the way of the nearest other types. */
  evidence: Evidence[];
  /** Reason `most` only: the cells that do not fit the type. */
  misfits: { count: number; first: ExampleCell } | null;
  /**
   * `all`: every cell fits. `most`: at least 99 % of at least 100 do. `mixed`: text, since no narrower type fits enough. `text-number`:
   * text, since a number has a leading zero or plus sign. `empty`: no cell has a value, the type is `unknown`.
   */
  reason: 'all' | 'most' | 'mixed' | 'text-number' | 'empty';
}

/**
 * Decides the type of a text column. Pure; nulls and empty cells rule nothing out.
 *
 * In this order: boolean, int64, decimal, double (only when a cell has an exponent, and none is an exact number that a double would
 * change), date, timestamp, timestamp in UTC, string. A leading zero or plus sign in front of a number makes the column a string at
 * once. Removing the value that is evidence against a type, and others like it, gives that type.
 */
export function decideColumnType(statistics: ColumnStatistics): TypeDecision {
  const cells = statistics.values - statistics.empty;
  if (cells === 0) return { type: { kind: 'unknown' }, evidence: [], misfits: null, reason: 'empty' };
  if (statistics.classes['text-number']) return asText('text-number', textNumberEvidence(statistics));
  const open = candidates.filter((candidate) => isOpen(candidate, statistics));
  const exact = open.find((candidate) => classFit(candidate, statistics) === cells);
  if (exact !== undefined) return chosen(exact, statistics, 'all', null);
  const best = bestFit(open, statistics);
  if (best !== undefined && cells >= fewestCells) {
    const count = cells - classFit(best, statistics);
    const first = firstOf(
      statistics,
      cellClasses.filter((name) => !fittingClasses[best].includes(name)),
    );
    if (first !== null && count * cellsPerMisfit <= cells) return chosen(best, statistics, 'most', { count, first });
  }
  return asText('mixed', mixedEvidence(statistics));
}

function chosen(
  candidate: Candidate,
  statistics: ColumnStatistics,
  reason: 'all' | 'most',
  misfits: TypeDecision['misfits'],
): TypeDecision {
  const narrower = candidates.slice(0, candidates.indexOf(candidate));
  const evidence = narrower.flatMap((excluded): Evidence[] => {
    const deciding = fittingClasses[candidate].filter((name) => !fittingClasses[excluded].includes(name));
    return evidenceOf(candidateType(excluded, statistics), [firstOf(statistics, deciding)]);
  });
  const type = candidateType(candidate, statistics);
  if (type.kind === 'decimal') evidence.push(...decimalEvidence(type, statistics));
  if (reason === 'most') evidence.push(...blockedEvidence(candidate, statistics));
  return { type, evidence, misfits, reason };
}

/** Against the candidates of which more cells are, and which single cells rule out as a whole. */
function blockedEvidence(candidate: Candidate, statistics: ColumnStatistics): Evidence[] {
  return candidates
    .filter((other) => !isOpen(other, statistics) && classFit(other, statistics) > classFit(candidate, statistics))
    .flatMap((other) => evidenceOf(candidateType(other, statistics), blockingCells(other, statistics)));
}

/** The cell that needs the last digit after the point, and the one for which 18 digits are not enough. */
function decimalEvidence(type: Extract<ColumnType, { kind: 'decimal' }>, { scale, integerDigits }: ColumnStatistics): Evidence[] {
  const coarser: ColumnType = { ...type, scale: type.scale - 1 };
  const shorter: ColumnType = { ...type, precision: 18 };
  return [
    ...(type.scale > 0 && scale ? evidenceOf(coarser, [scale.first]) : []),
    ...(type.precision > 18 && type.scale <= 18 && integerDigits ? evidenceOf(shorter, [integerDigits.first]) : []),
  ];
}

function textNumberEvidence(statistics: ColumnStatistics): Evidence[] {
  const open = candidates.filter((candidate) => isOpen(candidate, statistics));
  return evidenceOf(candidateType(bestFit(open, statistics) ?? 'int64', statistics), [firstOf(statistics, ['text-number'])]);
}

/** Against the candidates that came nearest: the cells that stand in their way. */
function mixedEvidence(statistics: ColumnStatistics): Evidence[] {
  const near = nearest(statistics);
  return (near.length > 0 ? near : (['int64'] as const)).flatMap((candidate) => {
    const misfit = firstOf(
      statistics,
      cellClasses.filter((name) => !fittingClasses[candidate].includes(name)),
    );
    return evidenceOf(candidateType(candidate, statistics), [misfit, ...blockingCells(candidate, statistics)]);
  });
}

/** The candidates with the fewest cells in their way; none when no cell fits any. */
function nearest(statistics: ColumnStatistics): Candidate[] {
  const score = (candidate: Candidate): number => {
    if (candidate === 'double')
      return statistics.classes.double ? classFit(candidate, statistics) - (statistics.notDouble?.count ?? 0) : 0;
    return classFit(candidate, statistics) - Math.min(blockingCells(candidate, statistics).length, 1);
  };
  const highest = Math.max(...candidates.map(score));
  return highest > 0 ? candidates.filter((candidate) => score(candidate) === highest) : [];
}

/** The open candidate that most cells fit, the narrowest of several; undefined when no cell fits any. */
function bestFit(open: readonly Candidate[], statistics: ColumnStatistics): Candidate | undefined {
  return open.reduce<Candidate | undefined>((best, candidate) => {
    const most = best === undefined ? 0 : classFit(best, statistics);
    return classFit(candidate, statistics) > most ? candidate : best;
  }, undefined);
}

function asText(reason: 'mixed' | 'text-number', evidence: Evidence[]): TypeDecision {
  return { type: { kind: 'string' }, evidence, misfits: null, reason };
}

function evidenceOf(excludes: ColumnType, cells: readonly (ExampleCell | null)[]): Evidence[] {
  // As it is nearly always, for every column of every file.
  if (cells.length <= 1) return cells[0] ? [{ excludes, value: cells[0].value, at: cells[0].at }] : [];
  const distinct = new Map(
    cells.flatMap((cell) => (cell ? [[`${cell.at.unit} ${cell.at.record} ${cell.value}`, cell] as const] : [])),
  );
  return [...distinct.values()].map(({ value, at }) => ({ excludes, value, at }));
}
