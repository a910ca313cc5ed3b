import type { Field } from '@calve/core/plugin';
import { typeText } from '@calve/core/plugin';
import type { PartitionBy } from '../iceberg-sink-options.ts';
import type { PartitionField, PartitionSpec } from '../spec/partition-spec.ts';
import { FIRST_PARTITION_ID } from '../spec/partition-spec.ts';
import { parseTransform, transformAccepts } from '../spec/transform.ts';

/**
 * The partition spec of a new table.
 *
 * @param fields All columns, with ids.
 * @returns The spec with id 0, or why there is none, in plain words.
 */
export function planPartitioning(partitionBy: readonly PartitionBy[], fields: readonly Field[]): PartitionSpec | string {
  const result: PartitionField[] = [];
  const taken = new Set(fields.map((field) => field.name.toLowerCase()));
  for (const by of partitionBy) {
    const source = fields.find((field) => field.name === by.column);
    if (source?.id === undefined) return `partitionBy names the column "${by.column}", which the table would not have`;
    const transform = by.transform === 'bucket' ? `bucket[${by.buckets}]` : by.transform;
    if (!transformAccepts(parseTransform(transform), source.type))
      return `the column "${by.column}" is ${typeText(source.type)}, which cannot be partitioned by ${by.transform}`;
    if (result.some((field) => field['source-id'] === source.id && field.transform === transform))
      return `partitionBy names ${transform} of "${by.column}" twice`;
    // Only an identity field may be called like a column, and only like its own.
    let name = by.transform === 'identity' ? by.column : `${by.column}_${by.transform}`;
    while (by.transform !== 'identity' && taken.has(name.toLowerCase())) name = `${name}_partition`;
    taken.add(name.toLowerCase());
    result.push({ 'source-id': source.id, 'field-id': FIRST_PARTITION_ID + result.length, transform, name });
  }
  return { 'spec-id': 0, fields: result };
}
