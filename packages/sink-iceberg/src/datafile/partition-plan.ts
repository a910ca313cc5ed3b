import type { ColumnData, Field } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { fieldWithId } from '../spec/field-path.ts';
import { partitionPathName } from '../spec/partition-path.ts';
import type { Transform } from '../spec/transform.ts';
import { checkTransform } from '../spec/transform.ts';
import type { PartitionCodes } from '../spec/transform-column.ts';
import { transformColumn } from '../spec/transform-column.ts';
import type { PartitionValue } from './data-file.ts';
import { memberColumn } from './member-column.ts';
import type { PartitionColumn } from './table-writer-configuration.ts';

/** One field of a partition spec, ready to compute. */
export interface PartitionPlanField {
  name: string;
  transform: Transform;
  source: Field;
  /** Of the source among the columns of the table, and among the members of each struct that it is in. */
  indexes: number[];
}

/**
 * Finds the source of each partition field.
 *
 * @param fields All columns of the table, with ids.
 * @throws {CalveError} `ICEBERG_TRANSFORM_UNSUPPORTED`: an unknown transform, a type that it does not take, or a source that is
 *   inside a list or map.
 */
export function planPartitionFields(partition: readonly PartitionColumn[], fields: readonly Field[]): PartitionPlanField[] {
  return partition.map(({ name, transform, sourceId }) => {
    const found = fieldWithId(fields, sourceId);
    if (found !== null) {
      const { field, path, indexes } = found;
      return { name, transform: checkTransform(transform, path.join('.'), field.type), source: field, indexes };
    }
    // The column of a void field may be gone: its values are null anyway.
    if (transform === 'void')
      return { name, transform: { kind: 'void' }, source: { name, type: { kind: 'unknown' }, required: false }, indexes: [] };
    throw new CalveError(
      'ICEBERG_TRANSFORM_UNSUPPORTED',
      `The partition field "${name}" is made from the field with id ${sourceId}, which is neither a column of the table nor a member of a struct; this version cannot write to such a table.`,
      { recovery: 'fix-input', context: { partitionField: name, sourceId } },
    );
  });
}

/** The partition values of a batch. @param columns One per column of the table; `null` where the batch has none. */
export function partitionCodes(
  plan: readonly PartitionPlanField[],
  columns: readonly (ColumnData | null)[],
  rows: number,
): PartitionCodes[] {
  return plan.map(({ transform, source, indexes: [index, ...below] }) => {
    const column = index === undefined ? null : (columns[index] ?? null);
    if (column === null) return { codes: new Int32Array(rows), values: [null] };
    return transformColumn(transform, source.type, memberColumn(column, below, rows), rows);
  });
}

/** The folder of a partition below the data folder: `ordered_at_day=2026-01-31/id_bucket=3`. Void fields have no part in it. */
export function partitionPath(plan: readonly PartitionPlanField[], tuple: readonly PartitionValue[]): string {
  return plan
    .flatMap(({ name, transform, source }, at) =>
      transform.kind === 'void' ? [] : [partitionPathName(name, transform, source.type, tuple[at] ?? null)],
    )
    .join('/');
}
