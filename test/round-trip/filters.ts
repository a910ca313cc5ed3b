import type { ColumnType } from '@calve/core/plugin';
import { seededRandom } from '@calve/testkit';
import type { Scalar } from './column-kinds.ts';
import type { RandomTable, TableColumn } from './random-table.ts';
import { canonicalText, duckDbLiteral } from './scalar-texts.ts';

export type FilterOperator = '=' | '<' | '>=' | 'is null' | 'is not null';

/** A condition on one column, and the ids of the rows that it is true for. */
export interface Filter {
  column: TableColumn;
  operator: FilterOperator;
  /** Absent for the two about null. */
  value?: Scalar;
  ids: number[];
}

/** Conditions on the columns that the table is partitioned by: a reader answers them by leaving files out. */
export function filtersOf({ seed, columns: [, ...columns], partition }: RandomTable): Filter[] {
  const random = seededRandom(seed + 1);
  const filters: Filter[] = [];
  for (const column of new Set([...partition.map((field) => field.column), ...columns.slice(-1)])) {
    filters.push(filterOf(column, random.pick(['is null', 'is not null'] as const)));
    const values = column.values.filter((value): value is Scalar => value !== null && !isNotANumber(value));
    if (values.length === 0) continue;
    const value = random.pick(values);
    filters.push(filterOf(column, '=', value));
    if (hasOrder(column)) filters.push(filterOf(column, random.pick(['<', '>='] as const), value));
  }
  return filters;
}

function filterOf(column: TableColumn, operator: FilterOperator, value?: Scalar): Filter {
  const matches = (candidate: Scalar | null): boolean => {
    if (value === undefined) return (candidate === null) === (operator === 'is null');
    if (candidate === null || isNotANumber(candidate)) return false;
    const order = compareScalars(candidate, value);
    return operator === '=' ? order === 0 : operator === '<' ? order < 0 : order >= 0;
  };
  const ids = column.values.flatMap((candidate, row) => (matches(candidate) ? [row] : []));
  return { column, operator, ...(value === undefined ? {} : { value }), ids };
}

/** Where every engine has the same order: not where there is NaN, not for bytes. */
function hasOrder({ kind: { type }, values }: TableColumn): boolean {
  if (['boolean', 'binary', 'fixed', 'uuid'].includes(type.kind)) return false;
  return !values.some(isNotANumber);
}

function isNotANumber(value: Scalar | null): boolean {
  return typeof value === 'number' && Number.isNaN(value);
}

/** Text by code point, bytes unsigned; both zeros are equal. */
function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The condition in SQL. */
export function duckDbCondition({ column, operator, value }: Filter): string {
  const type: ColumnType = column.kind.type;
  return `${quoted(column.name)} ${operator} ${value === undefined ? '' : duckDbLiteral(type, value)}`;
}

/** The condition for `read_tables.py`, its value in canonical text. */
export function pythonCondition({ column, operator, value }: Filter): [column: string, operator: string, value: string | null] {
  return [column.name, operator, value === undefined ? null : canonicalText(column.kind.type, value)];
}

/** An identifier of SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
