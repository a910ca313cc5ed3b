import { COLUMN_KINDS, type ColumnKind, VALUE_CLASSES, type ValueClass } from '../round-trip/column-kinds.ts';
import { FAMILIES, PARTITION_CELLS, type PartitionCell, TRANSFORMS } from '../round-trip/partition-cells.ts';
import type { Reader } from './compare-nested.ts';
import { leafKinds, POSITIONS, type Position } from './model-type.ts';
import { operationName } from './operations.ts';
import type { Maker, NestedTable } from './random-nested-table.ts';

const SHOWN_CLASSES = VALUE_CLASSES.filter((name) => name !== 'ordinary');
const OWN_OPERATIONS = ['drop', 'rename', 'widen', 'optional', 'add'];
const MAKERS: readonly Maker[] = ['Calve', 'PyIceberg', 'Spark'];

/** What was written and came back equal: from all three readers, or from those that can read the type at all. */
export class NestedCoverage {
  readonly #values = new Map<string, number>();
  readonly #transforms = new Map<string, number>();
  readonly #operations = new Map<string, number>();

  /** @param isEqual Whether a reader gave back the whole table as it was written. */
  add(table: NestedTable, isEqual: (reader: Reader) => boolean): void {
    const readers: Reader[] = leafKinds(table.after).has('time') ? ['PyIceberg', 'DuckDB'] : ['PyIceberg', 'DuckDB', 'Spark'];
    // Two engines that are no relations of each other prove a value; a third one may have a gap.
    if (readers.filter(isEqual).length < 2) return;
    for (const { kind, position, class: name } of table.seen) raise(this.#values, `${kind} ${position} ${name}`);
    for (const { cell } of table.partition) raise(this.#transforms, `${cell.transform} ${cell.family}`);
    raise(this.#operations, `${table.maker} append`);
    for (const operation of table.operations) raise(this.#operations, `${table.maker} ${operationName(operation)}`);
    if (table.sortBy.length > 0) raise(this.#operations, `${table.maker} sort`);
    if (table.laterSortBy) raise(this.#operations, `${table.maker} change of the sort order`);
  }

  /** Cells that can exist and were never visited. */
  missing(): string[] {
    const values = COLUMN_KINDS.flatMap((kind) =>
      POSITIONS.flatMap((position) =>
        SHOWN_CLASSES.filter((name) => isPossible(kind, position, name)).map((name) => `${kind.name} ${position} ${name}`),
      ),
    ).filter((cell) => !this.#values.has(cell));
    const transforms = PARTITION_CELLS.filter((cell) => cell.isPossible && !isLeftOut(cell))
      .map(({ transform, family }) => `${transform} ${family}`)
      .filter((cell) => !this.#transforms.has(cell));
    return [...values, ...transforms, ...operationCells().filter((cell) => !this.#operations.has(cell))];
  }

  /** The tables as text; `-` is a cell that cannot exist. */
  text(): string {
    const head = ['type', ...POSITIONS.map((position) => `${position}: ${SHOWN_CLASSES.join('/')}`)];
    const values = COLUMN_KINDS.map((kind) => [
      kind.name,
      ...POSITIONS.map((position) =>
        SHOWN_CLASSES.map((name) =>
          isPossible(kind, position, name) ? String(this.#values.get(`${kind.name} ${position} ${name}`) ?? 0) : '-',
        ).join('/'),
      ),
    ]);
    const transforms = TRANSFORMS.map((transform) => [
      transform,
      ...FAMILIES.map((family) => {
        const cell = PARTITION_CELLS.find((one) => one.transform === transform && one.family === family);
        return cell?.isPossible && !isLeftOut(cell) ? String(this.#transforms.get(`${transform} ${family}`) ?? 0) : '-';
      }),
    ]);
    return [
      'Values that came back as they were written, by type, place and what they are examples of:',
      ...grid([head, ...values]),
      'Partition fields, by transform and type:',
      ...grid([['transform', ...FAMILIES], ...transforms]),
      '  void of uuid: only other engines make void fields, and PyIceberg cannot group rows by UUIDs; test/round-trip has such a table',
      'What happened to tables before Calve appended to them, and in its own commits:',
      ...grid(operationCells().map((cell) => [cell, String(this.#operations.get(cell) ?? 0)])),
    ].join('\n');
  }
}

function isLeftOut({ transform, family }: PartitionCell): boolean {
  return transform === 'void' && family === 'uuid';
}

function isPossible(kind: ColumnKind, position: Position, name: ValueClass): boolean {
  if (name === 'null') return position !== 'map key';
  return name === 'ordinary' || typeof kind.classes[name] !== 'string';
}

function operationCells(): string[] {
  return MAKERS.flatMap((maker) => [
    `${maker} append`,
    ...[...OWN_OPERATIONS, ...(maker === 'Calve' ? [] : ['move first'])].flatMap((kind) => [
      `${maker} ${kind} column`,
      `${maker} ${kind} member`,
    ]),
    ...(maker === 'Calve' ? ['Calve sort', 'Calve change of the sort order'] : []),
  ]).filter((cell) => !cell.startsWith('Spark optional'));
}

function raise(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function grid(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
