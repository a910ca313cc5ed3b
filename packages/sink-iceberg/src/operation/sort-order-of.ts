import type { Field, TableState } from '@calve/core/plugin';
import type { IcebergTarget } from '../iceberg-sink-options.ts';
import type { SortField, SortOrder } from '../spec/sort-order.ts';
import { sameSortOrder, UNSORTED } from '../spec/sort-order.ts';
import { planSortOrder } from './plan-sort-order.ts';
import { factsOf } from './table-facts.ts';

/**
 * The sort order that rows of an output get: what the target asks for, else that of the table.
 *
 * @param fields All columns of the table after the commit, with ids.
 * @returns The order, with the id that it has or is going to get, or why there is none, in plain words.
 */
export function sortOrderOf(
  state: TableState | 'absent',
  target: Pick<IcebergTarget, 'sortBy'>,
  fields: readonly Field[],
): SortOrder | string {
  const { sortOrders, lastSortOrderId } = state === 'absent' ? { sortOrders: [UNSORTED], lastSortOrderId: 0 } : factsOf(state);
  if (target.sortBy === undefined) return sortOrders[0] ?? UNSORTED;
  const wanted = planSortOrder(target.sortBy, fields);
  return typeof wanted === 'string' ? wanted : numberedSortOrder(wanted, sortOrders, lastSortOrderId);
}

/** The order among the known ones that sorts in this way, or one with the next id. Order 0 is always the unsorted one. */
export function numberedSortOrder(wanted: readonly SortField[], known: readonly SortOrder[], lastId: number): SortOrder {
  if (wanted.length === 0) return UNSORTED;
  const same = known.find((order) => sameSortOrder(order.fields, wanted));
  return same ?? { 'order-id': lastId + 1, fields: [...wanted] };
}
