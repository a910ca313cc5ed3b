import { type SeededRandom, seededRandom } from '@calve/testkit';
import type { ColumnKind, Scalar, ValueClass } from './column-kinds.ts';
import { COLUMN_KINDS, VALUE_CLASSES } from './column-kinds.ts';
import type { PartitionCell, TransformName } from './partition-cells.ts';
import { familyOf, PARTITION_CELLS } from './partition-cells.ts';

/** A column with its values, `null` for null, and what each of them is an example of. */
export interface TableColumn {
  name: string;
  kind: ColumnKind;
  required: boolean;
  values: (Scalar | null)[];
  classes: ValueClass[];
}

/** One field of the table's partitioning, as metadata write it: `bucket[4]`. */
export interface TablePartition {
  column: TableColumn;
  transform: string;
  cell: PartitionCell;
}

/** Everything about one table of the test; the same for the same seed. The column `id` counts the rows from 0. */
export interface RandomTable {
  seed: number;
  name: string;
  /** `csv`: files, `createCalve`, declared types. `writer`: column batches and the sink's own writer. */
  path: 'csv' | 'writer';
  /** Who creates the table: transforms that the options of the sink do not offer need a table of another engine. */
  creator: 'calve' | 'pyiceberg';
  /** `id` first. */
  columns: TableColumn[];
  partition: TablePartition[];
  properties: Record<string, string>;
  /** Rows of each file or batch, in order. */
  pieces: number[];
  /** How many of the pieces go into the first commit; the rest goes into a second one. */
  firstCommit: number;
}

const ID: ColumnKind = COLUMN_KINDS.find(({ name }) => name === 'int64') as ColumnKind;
const NAMES = ['größe', 'a b', 'x.y', 'order', 'UPPER', 'q"q', "it's", '名前', 'a/b', 'constructor', 'plain', 'w%20'];
/** A spec, being JSON, cannot declare the type of a column with this name. */
const NAMES_OF_WRITER = [...NAMES, '__proto__'];
const OFFERED: readonly TransformName[] = ['identity', 'year', 'month', 'day', 'hour', 'bucket', 'truncate'];
const CODECS = ['zstd', 'gzip', 'snappy', 'uncompressed'];

/** A table of 6 to 25 rows. Seeds that follow one another visit the cells of transform and type in turn. */
export function randomTable(seed: number): RandomTable {
  const random = seededRandom(seed);
  const path = seed % 2 === 0 ? 'csv' : 'writer';
  const kinds = COLUMN_KINDS.filter(({ isInCsv }) => path === 'writer' || isInCsv);
  const rows = 6 + random.below(20);
  const id: TableColumn = {
    name: 'id',
    kind: ID,
    required: true,
    values: Array.from({ length: rows }, (_, row) => BigInt(row)),
    classes: Array.from({ length: rows }, () => 'ordinary'),
  };
  const columns = [id];
  const add = (columnKind: ColumnKind, transform?: TransformName): TableColumn => {
    const name = columnName(columns, path === 'csv' ? NAMES : NAMES_OF_WRITER, random);
    const column = randomColumn(name, withoutOverflow(columnKind, transform), rows, path, random);
    columns.push(column);
    return column;
  };
  const partition = cellsOf(Math.floor(seed / 2), kinds).map((cell): TablePartition => {
    const column = add(random.pick(kinds.filter((candidate) => familyOf(candidate) === cell.family)), cell.transform);
    return { column, cell, transform: transformText(cell.transform, random) };
  });
  for (let more = 3 + random.below(4); more > 0; more--) add(random.pick(kinds));
  const pieces = cut(rows, 1 + random.below(3), random);
  return {
    seed,
    name: `round_trip.table_${seed}`,
    path,
    creator: partition.every(({ cell }) => OFFERED.includes(cell.transform)) && random.below(3) > 0 ? 'calve' : 'pyiceberg',
    columns,
    partition,
    properties: {
      'write.parquet.compression-codec': random.pick(CODECS),
      ...(random.below(3) === 0 ? { 'write.parquet.row-group-size-bytes': '400' } : {}),
    },
    pieces,
    firstCommit: 1 + random.below(pieces.length),
  };
}

/** Three cells, the next ones in turn, each of another column. */
function cellsOf(turn: number, kinds: readonly ColumnKind[]): PartitionCell[] {
  const families = new Set(kinds.map(familyOf));
  const cells = PARTITION_CELLS.filter(({ isPossible, family }) => isPossible && families.has(family));
  return [0, 1, 2].map((next) => cells[(turn * 3 + next) % cells.length] as PartitionCell);
}

function transformText(transform: TransformName, random: SeededRandom): string {
  if (transform === 'bucket') return `bucket[${1 + random.below(16)}]`;
  return transform === 'truncate' ? `truncate[${random.pick([1, 3, 10, 100])}]` : transform;
}

/**
 * The smallest integers have no truncation: -2147483648 cut to tens is no int32. Java wraps around, PyIceberg writes a number that is
 * no int32; in either case filters of every reader lose such rows, whoever wrote them.
 */
function withoutOverflow(columnKind: ColumnKind, transform: TransformName | undefined): ColumnKind {
  const overflows = transform === 'truncate' && ['int32', 'int64'].includes(columnKind.name);
  return overflows ? { ...columnKind, classes: { ...columnKind.classes, min: 'has no truncation' } } : columnKind;
}

function randomColumn(
  name: string,
  columnKind: ColumnKind,
  rows: number,
  path: RandomTable['path'],
  random: SeededRandom,
): TableColumn {
  // A file cannot promise that a column has no null; a batch can.
  const required = path === 'writer' && random.below(5) === 0;
  const ordinary = Array.from({ length: 4 }, () => columnKind.ordinary(random));
  const classes: ValueClass[] = [];
  const values = Array.from({ length: rows }, (): Scalar | null => {
    const wanted = random.pick(VALUE_CLASSES);
    const examples = wanted === 'ordinary' || wanted === 'null' ? null : columnKind.classes[wanted];
    if (wanted === 'null' && !required) {
      classes.push('null');
      return null;
    }
    if (examples === null || typeof examples === 'string') {
      classes.push('ordinary');
      return random.pick(ordinary);
    }
    classes.push(wanted);
    return random.pick(examples);
  });
  return { name, kind: columnKind, required, values, classes };
}

/** A name that no column of the table has, upper and lower case being the same. */
function columnName(columns: readonly TableColumn[], names: readonly string[], random: SeededRandom): string {
  const wanted = random.pick(names);
  return columns.some(({ name }) => name === wanted) ? `${wanted}${columns.length}` : wanted;
}

function cut(rows: number, count: number, random: SeededRandom): number[] {
  const ends = Array.from({ length: count - 1 }, () => 1 + random.below(rows - 1)).sort((a, b) => a - b);
  return [...new Set([...ends, rows])].map((end, at, all) => end - (all[at - 1] ?? 0));
}
