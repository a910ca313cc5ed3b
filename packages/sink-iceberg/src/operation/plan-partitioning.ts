import type { Field } from '@calve/core/plugin';
import { typeText } from '@calve/core/plugin';
import type { PartitionBy } from '../options/partition-by.ts';
import { transformText } from '../options/partition-by.ts';
import { fieldAt, referenceText } from '../spec/field-path.ts';
import type { PartitionField, PartitionSpec } from '../spec/partition-spec.ts';
import { FIRST_PARTITION_ID } from '../spec/partition-spec.ts';
import { parseTransform, transformAccepts } from '../spec/transform.ts';

const PARTS_OF_TIME = ['year', 'month', 'day', 'hour'];

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
    const column = referenceText(by.column);
    const source = fieldAt(fields, by.column)?.field;
    if (source?.id === undefined) return `partitionBy names the column "${column}", which the table would not have`;
    const transform = transformText(by);
    if (!transformAccepts(parseTransform(transform), source.type))
      return `the column "${column}" is ${typeText(source.type)}, which cannot be partitioned by ${by.transform}`;
    const same = result.filter((field) => field['source-id'] === source.id);
    if (same.some((field) => field.transform === transform)) return `partitionBy names ${transform} of "${column}" twice`;
    const part = PARTS_OF_TIME.includes(transform) ? same.find((field) => PARTS_OF_TIME.includes(field.transform)) : undefined;
    if (part) return `partitionBy names ${part.transform} and ${transform} of "${column}", one of which is part of the other`;
    const name = nameOf(by, column, taken);
    if (name === null) return `partitionBy calls a field "${by.name}", which is the name of a column or of another field`;
    taken.add(name.toLowerCase());
    result.push({ 'source-id': source.id, 'field-id': FIRST_PARTITION_ID + result.length, transform, name });
  }
  return { 'spec-id': 0, fields: result };
}

/** Only an identity field may be called like a column, and only like its own. `null`: the name that was asked for is taken. */
function nameOf(by: PartitionBy, column: string, taken: ReadonlySet<string>): string | null {
  const isOwn = (name: string): boolean => by.transform === 'identity' && typeof by.column === 'string' && name === by.column;
  if (by.name !== undefined) return taken.has(by.name.toLowerCase()) && !isOwn(by.name) ? null : by.name;
  let name = by.transform === 'identity' ? column : `${column}_${by.transform === 'truncate' ? 'trunc' : by.transform}`;
  while (!isOwn(name) && taken.has(name.toLowerCase())) name = `${name}_partition`;
  return name;
}
