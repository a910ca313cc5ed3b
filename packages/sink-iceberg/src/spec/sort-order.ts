import type { Field } from '@calve/core/plugin';
import type { SortColumn } from '../datafile/table-writer-configuration.ts';
import { nameOfId } from './field-path.ts';
import { isKnownTransform } from './transform.ts';

/** One field of a sort order, as table metadata writes it. */
export interface SortField {
  /** `identity`, `day`, `bucket[16]`, … */
  transform: string;
  'source-id': number;
  direction: 'asc' | 'desc';
  'null-order': 'nulls-first' | 'nulls-last';
}

/**
 * How rows are sorted within each data file. Order 0 has no fields: not at all.
 *
 * @see https://iceberg.apache.org/spec/#sorting
 */
export interface SortOrder {
  'order-id': number;
  fields: SortField[];
}

/** Order of rows that are not sorted. */
export const UNSORTED: SortOrder = { 'order-id': 0, fields: [] };

/** The fields of a sort order as it was read; `null` when one of them is not what this version knows. */
export function readSortFields(fields: readonly unknown[]): SortField[] | null {
  return fields.every(isSortField) ? [...fields] : null;
}

function isSortField(value: unknown): value is SortField {
  const field = value as Partial<SortField> | null;
  return (
    typeof field?.transform === 'string' &&
    isKnownTransform(field.transform) &&
    typeof field['source-id'] === 'number' &&
    (field.direction === 'asc' || field.direction === 'desc') &&
    (field['null-order'] === 'nulls-first' || field['null-order'] === 'nulls-last')
  );
}

/** True when both sort in the same way; their ids do not matter. */
export function sameSortOrder(a: readonly SortField[], b: readonly SortField[]): boolean {
  const text = (fields: readonly SortField[]): string =>
    fields.map((field) => `${field.transform}(${field['source-id']}) ${field.direction} ${field['null-order']}`).join();
  return text(a) === text(b);
}

/** The fields of a sort order in the form that the writer of data files takes. */
export function sortColumns(order: SortOrder): SortColumn[] {
  return order.fields.map((field) => ({
    sourceId: field['source-id'],
    transform: field.transform,
    descending: field.direction === 'desc',
    nullsFirst: field['null-order'] === 'nulls-first',
  }));
}

/** How people write a sort order: `ordered_at desc nulls last, bucket[4](id) asc nulls first`. */
export function sortOrderText(order: readonly SortField[], fields: readonly Field[]): string {
  if (order.length === 0) return 'nothing';
  return order
    .map((field) => {
      const name = nameOfId(fields, field['source-id']);
      const by = field.transform === 'identity' ? name : `${field.transform}(${name})`;
      return `${by} ${field.direction} ${field['null-order'].replace('-', ' ')}`;
    })
    .join(', ');
}
