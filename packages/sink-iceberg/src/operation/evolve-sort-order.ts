import type { Field } from '@calve/core/plugin';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import type { TableRequirement } from '../metadata/table-requirement.ts';
import type { TableUpdate } from '../metadata/table-update.ts';
import type { SortBy } from '../options/sort-by.ts';
import { planSortOrder } from './plan-sort-order.ts';
import { numberedSortOrder } from './sort-order-of.ts';
import { knownSortOrders } from './table-facts.ts';

/** How the table gets the sort order that was planned; nothing when it has it. */
export interface SortOrderEvolution {
  requirements: TableRequirement[];
  updates: TableUpdate[];
}

/**
 * Makes a sort order that of new files. Pure.
 *
 * @param sortBy Absent: the table keeps its own.
 * @param planned All columns of the table as planned, with ids.
 * @returns The change, or why the plan no longer fits, in plain words.
 */
export function evolveSortOrder(
  metadata: TableMetadata,
  sortBy: readonly SortBy[] | undefined,
  planned: readonly Field[],
): SortOrderEvolution | string {
  if (sortBy === undefined) return { requirements: [], updates: [] };
  const wanted = planSortOrder(sortBy, planned);
  if (typeof wanted === 'string') return wanted;
  const ids = metadata['sort-orders'].map((order) => order['order-id']);
  const order = numberedSortOrder(wanted, knownSortOrders(metadata), Math.max(0, ...ids));
  const id = order['order-id'];
  if (id === metadata['default-sort-order-id']) return { requirements: [], updates: [] };
  return {
    requirements: [{ type: 'assert-default-sort-order-id', 'default-sort-order-id': metadata['default-sort-order-id'] }],
    updates: [
      ...(ids.includes(id) ? [] : [{ action: 'add-sort-order', 'sort-order': order } as const]),
      { action: 'set-default-sort-order', 'sort-order-id': id },
    ],
  };
}
