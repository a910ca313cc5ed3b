import type { ColumnType } from '../columns/column-type.ts';
import { mostDecimalDigits } from './classify-cell.ts';
import type { CellClass, ColumnStatistics, ExampleCell } from './column-statistics.ts';

/** A type that inference may choose besides string. */
export type Candidate = Exclude<CellClass, 'text-number' | 'text'>;

/** The candidates, narrowest first. */
export const candidates = [
  'boolean',
  'int64',
  'decimal',
  'double',
  'date',
  'timestamp',
  'timestamp-utc',
] as const satisfies readonly Candidate[];

/** The classes of cells that fit each candidate. */
export const fittingClasses: Record<Candidate, readonly CellClass[]> = {
  boolean: ['boolean'],
  int64: ['int64'],
  decimal: ['int64', 'decimal'],
  double: ['int64', 'decimal', 'double'],
  date: ['date'],
  timestamp: ['timestamp'],
  'timestamp-utc': ['timestamp', 'timestamp-utc'],
};

/** The type that a candidate stands for with these cells. A decimal has 18 digits when that is enough, else 38. */
export function candidateType(candidate: Candidate, statistics: ColumnStatistics): ColumnType {
  switch (candidate) {
    case 'decimal': {
      const { scale, digits } = decimalDigits(statistics);
      return { kind: 'decimal', precision: digits <= 18 ? 18 : mostDecimalDigits, scale };
    }
    case 'double':
      return { kind: 'float64' };
    case 'timestamp':
      return { kind: 'timestamp', unit: 'micros', zone: 'none' };
    case 'timestamp-utc':
      return { kind: 'timestamp', unit: 'micros', zone: 'utc' };
    default:
      return { kind: candidate };
  }
}

/** How many cells are of the classes that fit, whatever else stands in the candidate's way. */
export function classFit(candidate: Candidate, statistics: ColumnStatistics): number {
  return fittingClasses[candidate].reduce((sum, name) => sum + (statistics.classes[name]?.count ?? 0), 0);
}

/**
 * Cells of fitting classes that rule the candidate out as a whole: numbers that a double would change, and the widest and the finest
 * decimal when no 38 digits hold both. Empty: nothing does.
 */
export function blockingCells(candidate: Candidate, statistics: ColumnStatistics): ExampleCell[] {
  if (candidate === 'double') return statistics.notDouble ? [statistics.notDouble.first] : [];
  if (candidate !== 'decimal' || decimalDigits(statistics).digits <= mostDecimalDigits) return [];
  return [statistics.integerDigits, statistics.scale].flatMap((most) => (most ? [most.first] : []));
}

/** True when the candidate may be chosen at all: a double needs a cell with an exponent. */
export function isOpen(candidate: Candidate, statistics: ColumnStatistics): boolean {
  if (candidate === 'double' && statistics.classes.double === undefined) return false;
  return blockingCells(candidate, statistics).length === 0;
}

/** The first cell, over all given classes; units are compared by the order of the list. */
export function firstOf(statistics: ColumnStatistics, classes: readonly CellClass[]): ExampleCell | null {
  return earliest(classes.flatMap((name) => statistics.classes[name]?.first ?? []));
}

/** The earliest of some cells. Between units there is no order: the first in the list wins. */
export function earliest(cells: readonly ExampleCell[]): ExampleCell | null {
  return cells.reduce<ExampleCell | null>((first, cell) => (first === null || isBefore(cell, first) ? cell : first), null);
}

function isBefore({ at: a }: ExampleCell, { at: b }: ExampleCell): boolean {
  if (a.unit !== b.unit) return false;
  if (a.byteOffset !== undefined && b.byteOffset !== undefined) return a.byteOffset < b.byteOffset;
  return a.record !== undefined && b.record !== undefined && a.record < b.record;
}

function decimalDigits({ integerDigits, scale }: ColumnStatistics): { scale: number; digits: number } {
  const after = scale?.digits ?? 0;
  return { scale: after, digits: (integerDigits?.digits ?? 0) + after };
}
