import type { ExampleCell } from '../column-statistics.ts';
import { mergeColumnStatistics } from '../merge-statistics.ts';
import { LARGEST_MEMBERS, type ValueShape } from '../value-shape.ts';

/** A place of which nothing was seen. */
export function emptyShape(): ValueShape {
  return { nulls: 0, scalars: 0, objects: 0, arrays: 0, first: {} };
}

/** The shape of both together, as if what `b` saw came after what `a` saw: counts add up, earlier examples win. Pure. */
export function mergeValueShapes(a: ValueShape, b: ValueShape): ValueShape {
  const statistics =
    a.statistics && b.statistics ? mergeColumnStatistics(a.statistics, b.statistics) : (a.statistics ?? b.statistics);
  const element = mergeOptional(a.element, b.element);
  return {
    nulls: a.nulls + b.nulls,
    scalars: a.scalars + b.scalars,
    objects: a.objects + b.objects,
    arrays: a.arrays + b.arrays,
    first: mergeFirst(a.first, b.first),
    ...(statistics ? { statistics } : {}),
    ...mergeMembers(a, b),
    ...(element ? { element } : {}),
  };
}

/** All shapes as one; an empty shape when there are none. */
export function mergeAll(shapes: readonly ValueShape[]): ValueShape {
  return shapes.reduce(mergeValueShapes, emptyShape());
}

/** The values of all members as one place: what the values of a map are. */
export function valuesOfMembers({ members = [], anyMember }: ValueShape): ValueShape {
  return anyMember ?? mergeAll(members.map(({ shape }) => shape));
}

function mergeOptional(a: ValueShape | undefined, b: ValueShape | undefined): ValueShape | undefined {
  return a && b ? mergeValueShapes(a, b) : (a ?? b);
}

function mergeFirst(a: ValueShape['first'], b: ValueShape['first']): ValueShape['first'] {
  const first = (kind: keyof ValueShape['first']): Partial<Record<string, ExampleCell>> => {
    const cell = a[kind] ?? b[kind];
    return cell ? { [kind]: cell } : {};
  };
  return { ...first('scalar'), ...first('object'), ...first('array') };
}

function mergeMembers(a: ValueShape, b: ValueShape): Pick<ValueShape, 'members' | 'anyMember'> {
  if (!a.members && !b.members && !a.anyMember && !b.anyMember) return {};
  const byName = new Map<string, ValueShape>();
  for (const { name, shape } of [...(a.members ?? []), ...(b.members ?? [])]) {
    const known = byName.get(name);
    byName.set(name, known ? mergeValueShapes(known, shape) : shape);
  }
  const members = [...byName].map(([name, shape]) => ({ name, shape }));
  if (!a.anyMember && !b.anyMember && members.length <= LARGEST_MEMBERS) return { members };
  const anyMember = mergeValueShapes(valuesOfMembers(a), valuesOfMembers(b));
  return { members: members.slice(0, LARGEST_MEMBERS), anyMember };
}
