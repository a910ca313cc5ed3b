import type { SortBy } from '@calve/sink-iceberg';
import { type SeededRandom, seededRandom } from '@calve/testkit';
import { COLUMN_KINDS, type ColumnKind } from '../round-trip/column-kinds.ts';
import { familyOf, PARTITION_CELLS, type PartitionCell } from '../round-trip/partition-cells.ts';
import type { ModelField, ModelStruct, SeenValue } from './model-type.ts';
import { kindNamed } from './model-type.ts';
import { applied, type Operation } from './operations.ts';
import { randomOperations } from './random-operations.ts';
import { RandomSchema } from './random-schema.ts';
import { RandomValues } from './random-values.ts';

/** Who creates the table, writes its first rows and evolves it. Calve appends to all of them. */
export type Maker = 'Calve' | 'PyIceberg' | 'Spark';

/** One partition field: a transform of a column or of a member of a struct. */
export interface NestedPartition {
  path: string[];
  /** As metadata writes it: `bucket[4]`. */
  transform: string;
  cell: PartitionCell;
}

/** Everything about one table of the test; the same for the same seed. The column `id` counts the rows from 0. */
export interface NestedTable {
  seed: number;
  name: string;
  maker: Maker;
  /** Of the first rows. */
  before: ModelField[];
  operations: Operation[];
  /** Of the later rows, and of what readers see. */
  after: ModelField[];
  partition: NestedPartition[];
  sortBy: SortBy[];
  /** Calve changes it with the later rows. */
  laterSortBy: SortBy[] | null;
  rows: ModelStruct[];
  later: ModelStruct[];
  seen: SeenValue[];
}

const SHAPES = ['leaf', 'struct', 'list', 'map'] as const;

/** Spark has no type for `time`, and makes others of these two: tables that Spark writes are without them. */
const NOT_SPARKS = ['time', 'uuid', 'fixed(3)', 'fixed(20)'];

export function randomNestedTable(seed: number, maker: Maker): NestedTable {
  const random = seededRandom(seed * 3 + maker.length);
  const kinds = kindsFor(seed, maker);
  const schema = new RandomSchema(random, kinds, seed * 7);
  const id = schema.field(schema.leaf(kindNamed('int64')), [], true, 'id');
  const before: ModelField[] = [id];
  const partition = partitionOf(seed, maker, schema, before, kinds, random);
  // One that can be widened.
  before.push(
    schema.field(schema.leaf(kindNamed(['int32', 'decimal(9,0)', 'float32', 'decimal(4,2)'][seed % 4] as string)), before),
  );
  for (let count = 2 + random.below(3); count > 0; count--) {
    const shape = SHAPES[(seed + count) % SHAPES.length] as (typeof SHAPES)[number];
    const type = shape === 'leaf' ? schema.leaf() : schema.nested(shape, 1);
    before.push(schema.field(type, before, maker !== 'Spark' && random.below(6) === 0));
  }
  const sortBy = maker === 'Calve' ? sortOf(before, random) : [];
  const fixed = [['id'], ...partition.map(({ path }) => path), ...sortBy.map(({ column }) => [column].flat())];
  const operations = maker === 'Calve' && seed % 3 === 0 ? [] : randomOperations(before, fixed, schema, maker, random);
  const after = operations.reduce<ModelField[]>(applied, before);
  const values = new RandomValues(random, maker !== 'PyIceberg');
  let next = 0n;
  const rowsOf = (fields: readonly ModelField[], count: number): ModelStruct[] =>
    Array.from({ length: count }, () => {
      const row = values.row(fields);
      row.members.set(id.uid, next++);
      return row;
    });
  return {
    seed,
    name: `nested.${maker.toLowerCase()}_${seed}`,
    maker,
    before,
    operations,
    after,
    partition,
    sortBy,
    laterSortBy: maker === 'Calve' && seed % 5 === 0 ? sortOf(after, random) : null,
    rows: rowsOf(before, 3 + random.below(5)),
    later: rowsOf(after, 2 + random.below(3)),
    seen: values.seen,
  };
}

/** PyIceberg writes null lists of structs as empty ones, no UUIDs as keys, and makes Python dates of the bounds of columns: from year 1 on. */
const NOT_PYICEBERGS = ['uuid'];

/** Every sixth table of Calve has times, which Spark cannot read: a table is read as a whole or not at all. */
function kindsFor(seed: number, maker: Maker): ColumnKind[] {
  const left = { Calve: ['time'], PyIceberg: [...NOT_PYICEBERGS, 'time'], Spark: NOT_SPARKS }[maker];
  const plain = COLUMN_KINDS.filter(({ name }) => !left.includes(name)).map((kind) =>
    maker === 'PyIceberg' ? inPythonsCalendar(kind) : kind,
  );
  return maker !== 'Spark' && seed % 6 === 1
    ? plain.flatMap((kind, at) => (at % 3 === 0 ? [kindNamed('time'), kind] : [kind]))
    : plain;
}

/** What each maker can partition by, times now and then: Spark reads no table with a time in it. */
function cellsOf(maker: Maker, seed: number, kinds: readonly ColumnKind[]): PartitionCell[] {
  const hasTime = maker === 'PyIceberg' || kinds.some(({ name }) => name === 'time');
  const cells = PARTITION_CELLS.filter(
    ({ transform, isPossible }) => isPossible && (transform === 'void') === (maker === 'PyIceberg'),
  );
  if (maker === 'Calve' && hasTime && seed % 12 < 6) return cells.filter(({ family }) => family === 'time');
  const families = maker === 'Spark' ? new Set(kinds.map(familyOf)) : null;
  return cells.filter(
    ({ family }) => (families === null ? isPyIcebergs(family, maker) : families.has(family)) && (hasTime || family !== 'time'),
  );
}

/** PyIceberg groups rows by their partition values, and Arrow cannot group by UUIDs. */
function isPyIcebergs(family: string, maker: Maker): boolean {
  return maker !== 'PyIceberg' || family !== 'uuid';
}

/** Without the year 0. */
function inPythonsCalendar(kind: ColumnKind): ColumnKind {
  const { odd, min } = kind.classes;
  if (!['date', 'timestamp'].includes(kind.type.kind) || typeof odd === 'string' || typeof min === 'string') return kind;
  return { ...kind, classes: { ...kind.classes, odd: odd.filter((value) => min.every((least) => value >= least)) } };
}

/** The next cells in turn, each of a column of its own, every third one inside a struct. */
function partitionOf(
  seed: number,
  maker: Maker,
  schema: RandomSchema,
  fields: ModelField[],
  kinds: readonly ColumnKind[],
  random: SeededRandom,
): NestedPartition[] {
  if (maker === 'Spark' && seed % 2 === 0) return [];
  const cells = cellsOf(maker, seed, kinds);
  const count = maker === 'Calve' && seed % 4 === 0 ? 2 : 1;
  return Array.from({ length: count }, (_, at): NestedPartition => {
    const cell = cells[(seed + Math.floor(seed / 4) + at) % cells.length] as PartitionCell;
    const family = COLUMN_KINDS.filter((candidate) => familyOf(candidate) === cell.family);
    const kind = withoutOverflow(random.pick(family), cell);
    const transform =
      cell.transform === 'bucket'
        ? `bucket[${1 + random.below(3)}]`
        : cell.transform === 'truncate'
          ? `truncate[${random.pick([1, 3, 10, 100])}]`
          : cell.transform;
    const name = `by ${at + 1}`;
    const leaf = schema.field(schema.leaf(kind), [], false, name);
    if ((seed + at) % 3 !== 0) {
      fields.push(leaf);
      return { path: [name], transform, cell };
    }
    fields.push(schema.field({ kind: 'struct', fields: [leaf] }, [], false, `in ${at + 1}`));
    return { path: [`in ${at + 1}`, name], transform, cell };
  });
}

/** The smallest integers have no truncation: every engine does something else with them. */
function withoutOverflow(kind: ColumnKind, { transform }: PartitionCell): ColumnKind {
  const overflows = transform === 'truncate' && ['int32', 'int64'].includes(kind.name);
  return overflows ? { ...kind, classes: { ...kind.classes, min: 'has no truncation' } } : kind;
}

function sortOf(fields: readonly ModelField[], random: SeededRandom): SortBy[] {
  const columns = fields.flatMap((field): string[][] => {
    if (field.type.kind === 'leaf') return [[field.name]];
    if (field.type.kind !== 'struct') return [];
    return field.type.fields.flatMap((member) => (member.type.kind === 'leaf' ? [[field.name, member.name]] : []));
  });
  const result: SortBy[] = [];
  for (let count = random.below(3); count > 0 && columns.length > 0; count--) {
    const [column] = columns.splice(random.below(columns.length), 1) as [string[]];
    const direction = random.pick(['asc', 'desc'] as const);
    result.push({ column, direction, ...(random.below(2) === 0 ? { nulls: random.pick(['first', 'last'] as const) } : {}) });
  }
  return result;
}
