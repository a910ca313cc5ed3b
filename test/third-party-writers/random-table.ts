import type { ColumnType } from '@calve/core/plugin';
import type { SeededRandom } from '@calve/testkit';
import { type ColumnKind, randomScalar, randomText, type ScalarLimits, scalarExtreme } from './random-scalar.ts';

/** A type as write_files.py takes it; the keys of a map are texts. */
export type ValueType = ColumnKind | { list: ValueType } | { map: ValueType } | { struct: [name: string, type: ValueType][] };

/** Null, the canonical text of a scalar, or an array: elements, members in the order of the type, or pairs of key and value. */
export type Value = string | null | Value[];

/** A table of such values. */
export interface RandomTable {
  columns: [name: string, type: ValueType][];
  rows: Value[][];
}

/** What a file can hold without a change. */
export interface TableLimits extends ScalarLimits {
  /** What its scalars are. Default: all but `decimal38` and `timestamptz`. */
  kinds?: readonly ColumnKind[];
  /** Columns of structs, lists and maps, which go so many levels deep. Such a table begins with a row of extremes and one of nulls. */
  levels?: number | undefined;
  /** How names of columns begin. */
  names?: readonly string[];
}

/** How Calve declares the scalars. */
const SCALAR_TYPES: Readonly<Record<ColumnKind, ColumnType>> = {
  int64: { kind: 'int64' },
  float64: { kind: 'float64' },
  decimal: { kind: 'decimal', precision: 18, scale: 4 },
  decimal38: { kind: 'decimal', precision: 38, scale: 10 },
  boolean: { kind: 'boolean' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp', unit: 'micros', zone: 'none' },
  timestamptz: { kind: 'timestamp', unit: 'micros', zone: 'utc' },
  string: { kind: 'string' },
};

const FLAT_KINDS: readonly ColumnKind[] = ['int64', 'float64', 'decimal', 'boolean', 'date', 'timestamp', 'string', 'string'];
const EVERY = 5;

/** How Calve declares a type. */
export function declaredType(type: ValueType): ColumnType {
  if (typeof type === 'string') return SCALAR_TYPES[type];
  const field = (name: string, inside: ValueType, required = false) => ({ name, type: declaredType(inside), required });
  if ('list' in type) return { kind: 'list', element: field('element', type.list) };
  if ('map' in type) return { kind: 'map', key: field('key', 'string', true), value: field('value', type.map) };
  return { kind: 'struct', fields: type.struct.map(([name, inside]) => field(name, inside)) };
}

/** Three to seven columns of scalars and up to 40 rows; where there are levels, three to five of them and one each of struct, list and map. */
export function randomTable(random: SeededRandom, limits: TableLimits): RandomTable {
  const { kinds = FLAT_KINDS, levels } = limits;
  const always = (kind: ColumnKind): ColumnKind[] => (kinds.includes(kind) ? [kind] : []);
  const more = Array.from({ length: 1 + random.below(levels ? 3 : 5) }, () => random.pick(kinds));
  const types: ValueType[] = [
    ...always('int64'),
    ...more,
    ...always('string'),
    ...(levels ? nestedTypes(random, kinds, levels) : []),
  ];
  const names = limits.names ?? ['c', 'Name ', 'x.'];
  const columns = types.map((type, at): [string, ValueType] => [`${random.pick(names)}${at}`, type]);
  const rows = Array.from({ length: 1 + random.below(40) }, () => types.map((type) => randomValue(type, random, limits)));
  if (levels === undefined) return { columns, rows };
  return { columns, rows: [types.map((type) => extreme(type, limits)), types.map(() => null), ...rows] };
}

/** One of each, of scalars or of what has a level less. */
function nestedTypes(random: SeededRandom, kinds: readonly ColumnKind[], levels: number): ValueType[] {
  const inside = (): ValueType =>
    levels > 1 && random.below(2) === 0 ? random.pick(nestedTypes(random, kinds, levels - 1)) : random.pick(kinds);
  const names = ['a', 'B ', 'é"', 'x.y\\', 'the/'];
  const members = Array.from({ length: 1 + random.below(4) }, (_, at): [string, ValueType] => [
    `${random.pick(names)}${at}`,
    inside(),
  ]);
  return [{ struct: members }, { list: inside() }, { map: inside() }];
}

function randomValue(type: ValueType, random: SeededRandom, limits: TableLimits): Value {
  if (random.below(EVERY) === 0) return null;
  if (typeof type === 'string') return randomScalar(type, random, limits);
  if ('struct' in type) return type.struct.map(([, inside]) => randomValue(inside, random, limits));
  const items = Array.from({ length: random.below(4) }, () => ('list' in type ? type.list : type.map));
  if ('list' in type) return items.map((inside) => randomValue(inside, random, limits));
  return items.map((inside, at) => [`${randomText(random, limits)}${at}`, randomValue(inside, random, limits)]);
}

/** A value that holds all that its type can: the largest number, every awkward character, a null beside a value. */
function extreme(type: ValueType, limits: TableLimits): Value {
  if (typeof type === 'string') return scalarExtreme(type, limits);
  if ('struct' in type) return type.struct.map(([, inside]) => extreme(inside, limits));
  if ('list' in type) return [extreme(type.list, limits), null];
  return [
    [scalarExtreme('string', limits), extreme(type.map, limits)],
    ['', null],
  ];
}
