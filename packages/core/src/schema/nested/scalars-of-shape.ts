import type { ObservedField } from '../../format/observation.ts';
import type { ColumnStatistics, ExampleCell } from '../column-statistics.ts';
import type { ValueShape } from '../value-shape.ts';
import { emptyShape } from './merge-shapes.ts';

/**
 * The statistics of the scalars of a place. An empty text is a text in formats with shapes: it fits no other type, while an empty cell of a
 * text file means that there is nothing.
 */
export function scalarsOf({ statistics, first }: ValueShape): ColumnStatistics | null {
  if (!statistics) return null;
  const { empty, classes } = statistics;
  if (empty === 0) return statistics;
  const cell: ExampleCell =
    classes.text?.first ?? (first.scalar?.value === '' ? first.scalar : { value: '', at: { unit: first.scalar?.at.unit ?? '' } });
  const text = { count: (classes.text?.count ?? 0) + empty, first: cell };
  return { ...statistics, empty: 0, classes: { ...classes, text } };
}

/** What was observed of a column as a shape, also where the format knows scalars only. */
export function shapeOf({ shape, statistics }: ObservedField): ValueShape {
  if (shape) return shape;
  if (!statistics) return emptyShape();
  const first = Object.values(statistics.classes)[0]?.first;
  return {
    nulls: statistics.nulls + statistics.empty,
    scalars: statistics.values - statistics.empty,
    objects: 0,
    arrays: 0,
    statistics: { ...statistics, values: statistics.values - statistics.empty, empty: 0 },
    first: first ? { scalar: first } : {},
  };
}

/** Values of a place that are there. */
export function valuesOf({ scalars, objects, arrays }: ValueShape): number {
  return scalars + objects + arrays;
}
