import type { SeededRandom } from '@calve/testkit';
import type { ModelField } from './model-type.ts';
import { applied, type Operation, type Place, placesIn, widerKind } from './operations.ts';
import type { Maker } from './random-nested-table.ts';
import type { RandomSchema } from './random-schema.ts';

/** What may be done, in the order in which one commit of Calve does it. */
const ORDER = ['drop', 'rename', 'widen', 'optional', 'move first', 'add'] as const;

/**
 * A few operations that are possible one after the other.
 *
 * @param fixed Paths of columns that partitioning, sort order or the test itself needs as they are.
 */
export function randomOperations(
  before: readonly ModelField[],
  fixed: readonly string[][],
  schema: RandomSchema,
  maker: Maker,
  random: SeededRandom,
): Operation[] {
  const operations: Operation[] = [];
  let fields: readonly ModelField[] = before;
  const done = new Set<number>();
  for (const kind of ORDER) {
    if (maker === 'Calve' && kind === 'move first') continue;
    for (let tries = kind === 'add' || kind === 'rename' ? 2 : 1; tries > 0; tries--) {
      if (random.below(3) === 0) continue;
      const operation = operationOf(kind, fields, fixed, done, schema, maker, random);
      if (operation === null) continue;
      operations.push(operation);
      fields = applied(fields, operation);
    }
  }
  return operations;
}

function operationOf(
  kind: (typeof ORDER)[number],
  fields: readonly ModelField[],
  fixed: readonly string[][],
  done: Set<number>,
  schema: RandomSchema,
  maker: Maker,
  random: SeededRandom,
): Operation | null {
  const places = [...placesIn(fields)].filter(({ path, field }) => path[0] !== 'id' && !done.has(field.uid));
  const isFixed = ({ path }: Place): boolean => fixed.some((one) => path.every((name, level) => one[level] === name));
  // Calve decides about columns and members of structs, but not inside lists and maps.
  const isReached = ({ path, isNamed }: Place): boolean =>
    isNamed &&
    (maker !== 'Calve' || path.every((_, level) => level === path.length - 1 || isStructAt(fields, path.slice(0, level + 1))));
  const pick = (candidates: readonly Place[]): Place | null => {
    // Members as often as columns.
    const [columns, members] = [
      candidates.filter(({ path }) => path.length === 1),
      candidates.filter(({ path }) => path.length > 1),
    ];
    const level = columns.length > 0 && (members.length === 0 || random.below(2) === 0) ? columns : members;
    const place = level.length === 0 ? null : random.pick(level);
    if (place) done.add(place.field.uid);
    return place;
  };
  switch (kind) {
    case 'drop': {
      const place = pick(
        places.filter(
          (one) => isReached(one) && !isFixed(one) && one.siblings.length > 1 && one.siblings[0]?.name !== one.field.name,
        ),
      );
      return place && { kind, path: place.path };
    }
    case 'rename': {
      const place = pick(places.filter((one) => isReached(one) && !isFixed(one)));
      return place && { kind, path: place.path, to: `${place.field.name} now ${place.field.uid}` };
    }
    case 'widen': {
      const place = pick(
        places.filter((one) => !isFixed(one) && one.field.type.kind === 'leaf' && widerKind(one.field.type.leaf) !== null),
      );
      const to = place?.field.type.kind === 'leaf' ? widerKind(place.field.type.leaf) : null;
      return place && to && { kind, path: place.path, to };
    }
    case 'optional': {
      const place = pick(places.filter((one) => one.field.required && (one.isNamed || maker === 'Calve')));
      return place && { kind, path: place.path };
    }
    case 'move first': {
      const place = pick(places.filter((one) => one.isNamed && one.siblings.length > 1 && one.siblings[0] !== one.field));
      return place && { kind, path: place.path };
    }
    case 'add': {
      const structs = places.filter(({ field }) => field.type.kind === 'struct');
      const parent = random.below(2) === 0 && structs.length > 0 ? random.pick(structs) : null;
      const siblings = parent?.field.type.kind === 'struct' ? parent.field.type.fields : fields;
      const shape = random.pick(['leaf', 'leaf', 'struct', 'list', 'map'] as const);
      const added = schema.field(shape === 'leaf' ? schema.leaf() : schema.nested(shape, 3), siblings);
      done.add(added.uid);
      return { kind, path: [...(parent?.path ?? []), added.name], type: added.type, uid: added.uid };
    }
  }
}

function isStructAt(fields: readonly ModelField[], path: readonly string[]): boolean {
  let level: readonly ModelField[] = fields;
  for (const name of path) {
    const field = level.find((one) => one.name === name);
    if (field?.type.kind !== 'struct') return false;
    level = field.type.fields;
  }
  return true;
}
