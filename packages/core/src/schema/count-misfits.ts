import type { ColumnType } from '../columns/column-type.ts';
import { earliest } from './candidate-types.ts';
import { cellClasses } from './classify-cell.ts';
import type { CellClass, ColumnStatistics, ExampleCell, NumberShape } from './column-statistics.ts';

/** Some cells that a column would reject. */
interface Misfits {
  count: number;
  first: ExampleCell;
}

/** How the projection of the column reads numbers. */
export interface MisfitOptions {
  /**
   * Decimals lose no digit (`parse.exact`), as in every column whose type nobody declared. Default true. False: values are rounded to
   * the scale, and only their digits before the point count.
   */
  exact?: boolean;
}

/**
 * How many of these cells a column of `type` would reject, and the first of them. Pure.
 *
 * Exact for boolean, int64, float64, date, timestamps, string and exact decimals; only numbers without exponent and of more than 38
 * digits count as text, which a double would take, rounded. When text-numbers with and without exponent are mixed, `first` may be a
 * later one. Statistics without `shapes` give the highest possible number. Other types: int32 counts every integer of ten digits;
 * float32 takes every double; decimals that round take every exponent and any digits after the point; what is plain text may be a time or
 * uuid; bytes are not judged; types that text cannot become reject everything.
 */
export function countMisfits(
  statistics: ColumnStatistics,
  type: ColumnType,
  options: MisfitOptions = {},
): { count: number; first: ExampleCell | null } {
  if (type.kind === 'string') return { count: 0, first: null };
  const misfits = cellClasses.flatMap((name) => misfitsOf(name, statistics, type, options.exact ?? true));
  return { count: misfits.reduce((sum, { count }) => sum + count, 0), first: earliest(misfits.map(({ first }) => first)) };
}

function misfitsOf(name: CellClass, statistics: ColumnStatistics, type: ColumnType, exact: boolean): Misfits[] {
  const cells = statistics.classes[name];
  if (cells === undefined) return [];
  switch (type.kind) {
    case 'boolean':
    case 'date':
      return name === type.kind ? [] : [cells];
    case 'timestamp':
      return name === 'timestamp' || (name === 'timestamp-utc' && type.zone === 'utc') ? [] : [cells];
    case 'float32':
    case 'float64':
      return name === 'int64' || name === 'decimal' || name === 'double' || name === 'text-number' ? [] : [cells];
    case 'int64':
      return shapeMisfits(name, cells, statistics, (shape) => shape.isInt64);
    case 'int32':
      return shapeMisfits(name, cells, statistics, (shape) => shape.isInt64 && shape.integerDigits < 10);
    case 'decimal': {
      if (name === 'double' && !exact) return [];
      const fits = (shape: NumberShape) =>
        shape.integerDigits <= type.precision - type.scale && (!exact || shape.scale <= type.scale);
      return shapeMisfits(name, cells, statistics, fits);
    }
    case 'time':
    case 'uuid':
      return name === 'text' ? [] : [cells];
    case 'binary':
    case 'fixed':
      return [];
    default:
      return [cells];
  }
}

/** The cells of one class but those whose shape fits. Without shapes, and for classes that have none, that is all of them. */
function shapeMisfits(
  name: CellClass,
  cells: Misfits,
  { shapes = [] }: ColumnStatistics,
  fits: (shape: NumberShape) => boolean,
): Misfits[] {
  const ofClass = shapes.filter((shape) => shape.class === name);
  const fitting = ofClass.filter(fits).reduce((sum, shape) => sum + shape.count, 0);
  const count = cells.count - fitting;
  if (count === 0) return [];
  return [{ count, first: earliest(ofClass.filter((shape) => !fits(shape)).map(({ first }) => first)) ?? cells.first }];
}
