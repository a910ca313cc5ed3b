import type { PartitionValue } from '../datafile/data-file.ts';
import type { PrimitiveColumnType } from '../spec/primitive-type.ts';
import type { SingleValue } from '../spec/single-value.ts';
import { encodeSingleValue } from '../spec/single-value.ts';
import type { FieldSummary } from './manifest-file.ts';
import { comparePartitionValues, parsePartitionValue } from './partition-value.ts';

/**
 * Sums up the partition values of the files of one manifest: what engines use to skip it.
 *
 * @param tuples One partition tuple per file.
 * @param types One per partition field. None: not partitioned, no summaries.
 */
export function summarizePartitions(
  tuples: readonly (readonly PartitionValue[])[],
  types: readonly PrimitiveColumnType[],
): FieldSummary[] {
  return types.map((type, at) => {
    let containsNull = false;
    let containsNan = false;
    let lower: SingleValue | null = null;
    let upper: SingleValue | null = null;
    for (const tuple of tuples) {
      const value = parsePartitionValue(tuple[at] ?? null, type);
      if (value === null) containsNull = true;
      else if (Number.isNaN(value)) containsNan = true;
      else {
        if (lower === null || comparePartitionValues(value, lower) < 0) lower = value;
        if (upper === null || comparePartitionValues(value, upper) > 0) upper = value;
      }
    }
    return {
      containsNull,
      containsNan,
      lowerBound: lower === null ? null : encodeSingleValue(type, lower),
      upperBound: upper === null ? null : encodeSingleValue(type, upper),
    };
  });
}
