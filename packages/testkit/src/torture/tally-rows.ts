import type { TortureBatch } from './torture-lake.ts';

/** What is wrong with one batch. */
export interface BatchDamage {
  batch: string;
  expected: number;
  /** Rows beyond one per record. */
  duplicated: number;
  /** Records without a row. */
  lost: number;
}

/** The rows of one lake against what arrived. */
export interface RowTally {
  expected: number;
  found: number;
  duplicates: number;
  lost: number;
  /** Rows of records that never arrived. */
  unknown: number;
  /** Only batches that are not whole. */
  damaged: BatchDamage[];
}

/** Compares the ids of all rows with the records that arrived: each must be there once. */
export function tallyRows(batches: readonly TortureBatch[], ids: readonly number[]): RowTally {
  const found = new Map<number, number>();
  for (const id of ids) found.set(id, (found.get(id) ?? 0) + 1);
  const tally: RowTally = { expected: 0, found: ids.length, duplicates: 0, lost: 0, unknown: 0, damaged: [] };
  for (const batch of batches) {
    const damage: BatchDamage = { batch: batch.name, expected: batch.ids.length, duplicated: 0, lost: 0 };
    for (const id of batch.ids) {
      const rows = found.get(id) ?? 0;
      found.delete(id);
      if (rows === 0) damage.lost += 1;
      else damage.duplicated += rows - 1;
    }
    tally.expected += damage.expected;
    tally.duplicates += damage.duplicated;
    tally.lost += damage.lost;
    if (damage.duplicated + damage.lost > 0) tally.damaged.push(damage);
  }
  for (const rows of found.values()) tally.unknown += rows;
  return tally;
}
