import type { Field } from '@calve/core/plugin';
import { typeText } from '@calve/core/plugin';
import type { PartitionBy } from '../options/partition-by.ts';
import { transformText } from '../options/partition-by.ts';
import { fieldAt, referenceText } from '../spec/field-path.ts';
import type { PartitionField, PartitionSpec } from '../spec/partition-spec.ts';
import { FIRST_PARTITION_ID } from '../spec/partition-spec.ts';
import { parseTransform, transformAccepts } from '../spec/transform.ts';

/** One of each kind that can be asked for. */
const TRANSFORMS = ['identity', 'year', 'month', 'day', 'hour', 'bucket[1]', 'truncate[1]'];
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
    const refused = refusedTransform(by, fields);
    if (refused !== null) return refused;
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

/** The first column that cannot be partitioned as it is asked for, and why, in plain words; `null`: there is none. */
export function refusedPartitioning(
  partitionBy: readonly PartitionBy[],
  fields: readonly Field[],
): { column: string; reason: string } | null {
  for (const by of partitionBy) {
    const reason = refusedTransform(by, fields);
    if (reason !== null) return { column: referenceText(by.column), reason };
  }
  return null;
}

function refusedTransform(by: PartitionBy, fields: readonly Field[]): string | null {
  const type = fieldAt(fields, by.column)?.field.type;
  if (type === undefined || transformAccepts(parseTransform(transformText(by)), type)) return null;
  const taken = TRANSFORMS.filter((transform) => transformAccepts(parseTransform(transform), type)).map(nameOfTransform);
  const others = taken.length === 0 ? '; it can be by nothing' : `; it can be by ${taken.join(', ')}`;
  return `the column "${referenceText(by.column)}" is ${typeText(type)}, which cannot be partitioned by ${by.transform}${others}`;
}

function nameOfTransform(transform: string): string {
  return transform.replace(/\[.*/, '');
}

/** Only an identity field may be called like a column, and only like its own. `null`: the name that was asked for is taken. */
function nameOf(by: PartitionBy, column: string, taken: ReadonlySet<string>): string | null {
  const isOwn = (name: string): boolean => by.transform === 'identity' && typeof by.column === 'string' && name === by.column;
  if (by.name !== undefined) return taken.has(by.name.toLowerCase()) && !isOwn(by.name) ? null : by.name;
  let name = by.transform === 'identity' ? column : `${column}_${by.transform === 'truncate' ? 'trunc' : by.transform}`;
  while (!isOwn(name) && taken.has(name.toLowerCase())) name = `${name}_partition`;
  return name;
}
