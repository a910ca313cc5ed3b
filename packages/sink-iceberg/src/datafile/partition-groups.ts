import type { PartitionCodes } from '../spec/transform-column.ts';
import type { PartitionValue } from './data-file.ts';

/** The rows of a batch that belong to one partition. */
export interface PartitionGroup {
  /** One value per partition field. */
  tuple: PartitionValue[];
  /** Row numbers of the batch, ascending. */
  rows: Int32Array;
}

/**
 * Groups the rows of a batch by partition tuple.
 *
 * @param columns One per partition field, at least one.
 * @param rows Of the batch.
 * @returns In the order in which the tuples first appear. Every row is in exactly one group.
 */
export function groupByPartition(columns: readonly PartitionCodes[], rows: number): PartitionGroup[] {
  const { groups, first } = numberTuples(columns, rows);
  const starts = new Int32Array(first.length + 1);
  for (let row = 0; row < rows; row++) starts[groups[row]! + 1]! += 1;
  for (let group = 0; group < first.length; group++) starts[group + 1]! += starts[group]!;
  const sorted = new Int32Array(rows);
  const next = starts.slice();
  for (let row = 0; row < rows; row++) sorted[next[groups[row]!]!++] = row;
  return first.map((row, group) => ({
    tuple: columns.map(({ codes, values }) => values[codes[row]!]!),
    rows: sorted.subarray(starts[group], starts[group + 1]),
  }));
}

/** Numbers the distinct tuples. `groups`: the number of each row; `first`: the row in which each number first appears. */
function numberTuples(columns: readonly PartitionCodes[], rows: number): { groups: Int32Array; first: number[] } {
  let groups = new Int32Array(rows);
  let first: number[] = rows === 0 ? [] : [0];
  for (const { codes, values } of columns) {
    // Both numbers are below 2^31, so their combination is a safe integer as long as it is below 2^53.
    const known = new Map<number, number>();
    const combined = new Int32Array(rows);
    first = [];
    for (let row = 0; row < rows; row++) {
      const key = groups[row]! * values.length + codes[row]!;
      let group = known.get(key);
      if (group === undefined) {
        group = first.push(row) - 1;
        known.set(key, group);
      }
      combined[row] = group;
    }
    groups = combined;
  }
  return { groups, first };
}
