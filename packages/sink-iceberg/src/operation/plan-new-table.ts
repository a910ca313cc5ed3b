import type { Field } from '@calve/core/plugin';
import { PROVENANCE_COLUMNS, typeText } from '@calve/core/plugin';
import type { IcebergTarget } from '../iceberg-sink-options.ts';
import { fieldAt, referenceText } from '../spec/field-path.ts';
import type { PartitionSpec } from '../spec/partition-spec.ts';
import type { SortOrder } from '../spec/sort-order.ts';
import { planPartitioning } from './plan-partitioning.ts';
import { sortOrderOf } from './sort-order-of.ts';

/** What the options of a new table make of its columns. */
export interface NewTableLayout {
  spec: PartitionSpec;
  sortOrder: SortOrder;
  identifierFieldIds: number[];
  properties: Record<string, string>;
}

/**
 * The columns of a new table: those that are to be written, with comments, and required where the options ask for it.
 *
 * @returns The columns, or what is wrong with the options, in plain words.
 */
export function newTableColumns(columns: readonly Field[], target: IcebergTarget): Field[] | string {
  const { required = [], identifierFields = [], columnComments = {} } = target;
  let result: readonly Field[] = columns;
  for (const reference of required) {
    const found = fieldAt(result, reference);
    if (found === null) return `"required" names the column "${referenceText(reference)}", which the table would not have`;
    result = requiredFrom(result, found.indexes, found.indexes.length - 1);
  }
  for (const reference of identifierFields) {
    const column = referenceText(reference);
    const found = fieldAt(result, reference);
    if (found === null) return `identifierFields names the column "${column}", which the table would not have`;
    const { kind } = found.field.type;
    if (['float32', 'float64', 'struct', 'list', 'map'].includes(kind))
      return `the column "${column}" is ${typeText(found.field.type)}, which cannot identify rows`;
    // What identifies a row is never null, so nothing above it may be.
    result = requiredFrom(result, found.indexes, 0);
  }
  const unknown = Object.keys(columnComments).find((name) => !columns.some((field) => field.name === name));
  if (unknown !== undefined) return `columnComments names the column "${unknown}", which the table would not have`;
  return result.map((field) => {
    const doc = Object.hasOwn(columnComments, field.name) ? columnComments[field.name] : undefined;
    return doc === undefined ? field : { ...field, doc };
  });
}

/** Everything about a new table beside its columns. @param fields With ids. @returns What is wrong, in plain words, when it cannot be. */
export function newTableLayout(fields: readonly Field[], target: IcebergTarget): NewTableLayout | string {
  const spec = planPartitioning(target.partitionBy ?? [], fields);
  if (typeof spec === 'string') return spec;
  const sortOrder = sortOrderOf('absent', target, fields);
  if (typeof sortOrder === 'string') return sortOrder;
  const identifierFieldIds = (target.identifierFields ?? []).flatMap((reference) => fieldAt(fields, reference)?.field.id ?? []);
  return { spec, sortOrder, identifierFieldIds, properties: newTableProperties(fields, target) };
}

/**
 * The properties of a new table; the format version is none of them, though it is asked for like one. Paths share their first characters, so
 * a bound of the usual 16 tells no file from another: with whole bounds the rows of one file are found without reading the others.
 */
function newTableProperties(
  fields: readonly Field[],
  { properties = {}, comment, targetFileSizeBytes }: IcebergTarget,
): Record<string, string> {
  const { 'format-version': _version, ...named } = properties;
  const sourceFile = PROVENANCE_COLUMNS['source-file'];
  return {
    ...(fields.some(({ name }) => name === sourceFile) ? { [`write.metadata.metrics.column.${sourceFile}`]: 'full' } : {}),
    ...(targetFileSizeBytes === undefined ? {} : { 'write.target-file-size-bytes': String(targetFileSizeBytes) }),
    ...(comment === undefined ? {} : { comment }),
    ...named,
  };
}

/** Makes a field required, and those above it from a level on. */
function requiredFrom(fields: readonly Field[], [index, ...below]: readonly number[], level: number): Field[] {
  return fields.map((field, at) => {
    if (at !== index) return field;
    const here = level <= 0 ? { ...field, required: true } : field;
    if (below.length === 0 || here.type.kind !== 'struct') return here;
    return { ...here, type: { kind: 'struct', fields: requiredFrom(here.type.fields, below, level - 1) } };
  });
}
