import type { ColumnChunk } from 'hyparquet';

// The footer keeps 16 bytes of either; a value this long has nothing to tell that would be worth its memory.
const LONGEST_STATISTIC = 256;

/**
 * Makes the statistics of column chunks independent of the values that were written. The Parquet writer keeps the smallest and the
 * largest value itself until the footer is written, and texts are views of memory that the next row group uses again. Long values
 * are left out: no statistics are right, wrong ones lose rows.
 */
export function ownStatistics(columns: readonly ColumnChunk[]): void {
  for (const { meta_data } of columns) {
    const statistics = meta_data?.statistics;
    if (statistics === undefined) continue;
    const { min_value, max_value } = statistics;
    if (!(min_value instanceof Uint8Array && max_value instanceof Uint8Array)) continue;
    if (Math.max(min_value.length, max_value.length) > LONGEST_STATISTIC) {
      delete statistics.min_value;
      delete statistics.max_value;
    } else {
      statistics.min_value = min_value.slice();
      statistics.max_value = max_value.slice();
    }
  }
}
