import { cellClasses } from './classify-cell.ts';
import type { ColumnStatistics, ExampleCell, NumberShape } from './column-statistics.ts';

/** The statistics of both together, as if the cells of `b` came after those of `a`: counts add up, earlier examples win. Pure. */
export function mergeColumnStatistics(a: ColumnStatistics, b: ColumnStatistics): ColumnStatistics {
  const classes: ColumnStatistics['classes'] = {};
  for (const name of cellClasses) {
    const merged = mergeCounts(a.classes[name], b.classes[name]);
    if (merged) classes[name] = merged;
  }
  const integerDigits = mostDigits(a.integerDigits, b.integerDigits);
  const scale = mostDigits(a.scale, b.scale);
  const notDouble = mergeCounts(a.notDouble, b.notDouble);
  const shapes = mergeShapes(a.shapes ?? [], b.shapes ?? []);
  return {
    values: a.values + b.values,
    nulls: a.nulls + b.nulls,
    empty: a.empty + b.empty,
    classes,
    ...(integerDigits ? { integerDigits } : {}),
    ...(scale ? { scale } : {}),
    ...(notDouble ? { notDouble } : {}),
    ...(shapes.length > 0 ? { shapes } : {}),
  };
}

interface Counted {
  count: number;
  first: ExampleCell;
}

interface Digits {
  digits: number;
  first: ExampleCell;
}

function mergeCounts(a: Counted | undefined, b: Counted | undefined): Counted | undefined {
  return a && b ? { count: a.count + b.count, first: a.first } : (a ?? b);
}

function mostDigits(a: Digits | undefined, b: Digits | undefined): Digits | undefined {
  return a && b ? (b.digits > a.digits ? b : a) : (a ?? b);
}

function mergeShapes(a: readonly NumberShape[], b: readonly NumberShape[]): NumberShape[] {
  const key = (shape: NumberShape): string => `${shape.class} ${shape.isInt64} ${shape.integerDigits} ${shape.scale}`;
  const merged = new Map(a.map((shape) => [key(shape), shape]));
  for (const shape of b) {
    const known = merged.get(key(shape));
    merged.set(key(shape), known ? { ...known, count: known.count + shape.count } : shape);
  }
  return [...merged.values()];
}
