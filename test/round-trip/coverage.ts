import type { ColumnKind } from './column-kinds.ts';
import { COLUMN_KINDS, KINDS_LEFT_OUT, VALUE_CLASSES } from './column-kinds.ts';
import { FAMILIES, PARTITION_CELLS, TRANSFORMS } from './partition-cells.ts';
import type { RandomTable } from './random-table.ts';

/** How often a cell has to be visited. */
export const WANTED_VISITS = 3;

/** Which values and partitionings both readers gave back as they were written. */
export class Coverage {
  readonly #values = new Map<string, number>();
  readonly #transforms = new Map<string, number>();

  /** Counts a table that both readers read without a difference. */
  add(table: RandomTable): void {
    for (const { kind, classes } of table.columns.slice(1)) {
      for (const name of classes) raise(this.#values, `${kind.name} ${name}`);
    }
    for (const { cell } of table.partition) raise(this.#transforms, `${cell.transform} ${cell.family}`);
  }

  /** Cells that can exist and were visited too seldom. */
  missing(): string[] {
    const values = COLUMN_KINDS.flatMap((kind) =>
      VALUE_CLASSES.filter((name) => impossible(kind, name) === null).map((name) => `${kind.name} ${name}`),
    ).filter((cell) => (this.#values.get(cell) ?? 0) < WANTED_VISITS);
    const transforms = PARTITION_CELLS.filter(({ isPossible }) => isPossible)
      .map(({ transform, family }) => `${transform} ${family}`)
      .filter((cell) => (this.#transforms.get(cell) ?? 0) < WANTED_VISITS);
    return [...values, ...transforms];
  }

  /** Both tables as text, with the reasons for the cells that cannot exist (`-`). */
  text(): string {
    const values = COLUMN_KINDS.map((kind) => [
      kind.name,
      ...VALUE_CLASSES.map((name) => (impossible(kind, name) ? '-' : String(this.#values.get(`${kind.name} ${name}`) ?? 0))),
    ]);
    const transforms = TRANSFORMS.map((transform) => [
      transform,
      ...FAMILIES.map((family) => {
        const cell = PARTITION_CELLS.find((candidate) => candidate.transform === transform && candidate.family === family);
        return cell?.isPossible ? String(this.#transforms.get(`${transform} ${family}`) ?? 0) : '-';
      }),
    ]);
    const reasons = COLUMN_KINDS.flatMap((kind) =>
      VALUE_CLASSES.flatMap((name) => {
        const reason = impossible(kind, name);
        return reason === null ? [] : [`  ${kind.name}, ${name}: ${reason}`];
      }),
    );
    return [
      'Values that PyIceberg and DuckDB gave back as they were written, by type and what they are examples of:',
      ...grid(['type', ...VALUE_CLASSES], values),
      'Partition fields whose values PyIceberg computes too and whose filters give the right rows in both:',
      ...grid(['transform', ...FAMILIES], transforms),
      'Cells that cannot exist:',
      ...reasons,
      '  a transform of a type without a number: the Iceberg specification does not allow it',
      ...Object.entries(KINDS_LEFT_OUT).map(([name, reason]) => `  ${name}: ${reason}`),
    ].join('\n');
  }
}

function impossible(kind: ColumnKind, name: (typeof VALUE_CLASSES)[number]): string | null {
  if (name === 'null' || name === 'ordinary') return null;
  const examples = kind.classes[name];
  return typeof examples === 'string' ? examples : null;
}

function raise(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function grid(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}
