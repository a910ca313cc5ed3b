import type { ColumnType } from '../../columns/column-type.ts';
import type { Path } from '../../json/json.ts';
import type { ExampleCell } from '../column-statistics.ts';
import { countMisfits } from '../count-misfits.ts';
import type { ValueShape } from '../value-shape.ts';
import { valuesOfMembers } from './merge-shapes.ts';
import { scalarsOf, valuesOf } from './scalars-of-shape.ts';

/** Values of one place that a column would reject. */
export interface ShapeMisfit {
  path: Path;
  /** What the column has at the place. */
  type: ColumnType;
  count: number;
  /** Values of the place. */
  of: number;
  first: ExampleCell | null;
}

/** Every place at which values do not fit a type, those of the wrong kind first. Text takes every value; absent members are null. Pure. */
export function misfitsOfShape(shape: ValueShape, type: ColumnType, exact = true, path: Path = []): ShapeMisfit[] {
  const { objects, arrays, scalars, first } = shape;
  const misfit = (count: number, cell: ExampleCell | null | undefined): ShapeMisfit[] =>
    count > 0 ? [{ path, type, count, of: valuesOf(shape), first: cell ?? null }] : [];
  switch (type.kind) {
    case 'string':
      return [];
    case 'struct':
      return [
        // Keys that are data fit no struct: there would be no end of new members.
        ...misfit(scalars + arrays + (shape.anyMember ? objects : 0), first.scalar ?? first.array ?? first.object),
        ...type.fields.flatMap((field) => {
          const member = shape.members?.find(({ name }) => name === field.name);
          return member ? misfitsOfShape(member.shape, field.type, exact, [...path, field.name]) : [];
        }),
      ];
    case 'list':
      return [
        ...misfit(scalars + objects, first.scalar ?? first.object),
        ...(shape.element ? misfitsOfShape(shape.element, type.element.type, exact, [...path, 'element']) : []),
      ];
    case 'map':
      return [
        ...misfit(scalars + arrays, first.scalar ?? first.array),
        ...misfitsOfShape(valuesOfMembers(shape), type.value.type, exact, [...path, 'value']),
      ];
    default: {
      const statistics = scalarsOf(shape);
      const counted = statistics ? countMisfits(statistics, type, { exact }) : { count: 0, first: null };
      return misfit(counted.count + objects + arrays, counted.first ?? first.object ?? first.array);
    }
  }
}
