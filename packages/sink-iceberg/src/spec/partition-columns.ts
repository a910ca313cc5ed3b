import type { PartitionColumn } from '../datafile/table-writer-configuration.ts';
import type { PartitionField, PartitionSpec } from './partition-spec.ts';

/** The fields of a partition spec in the form that the writer of data files takes. */
export function partitionColumns(spec: PartitionSpec): PartitionColumn[] {
  return spec.fields.map((field) => ({
    sourceId: field['source-id'],
    fieldId: field['field-id'],
    name: field.name,
    transform: field.transform,
  }));
}

/** True when both fields partition in the same way; names and ids of the fields do not matter. */
export function samePartitioning(a: readonly PartitionField[], b: readonly PartitionField[]): boolean {
  const text = (fields: readonly PartitionField[]): string =>
    fields
      .filter((field) => field.transform !== 'void')
      .map((field) => `${field.transform}(${field['source-id']})`)
      .join();
  return text(a) === text(b);
}

/** How people write partitioning: `day(ordered_at), bucket[16](id)`; `none` for no fields. */
export function partitioningText(fields: readonly PartitionField[], columnName: (id: number) => string): string {
  if (fields.length === 0) return 'none';
  return fields.map((field) => `${field.transform}(${columnName(field['source-id'])})`).join(', ');
}
