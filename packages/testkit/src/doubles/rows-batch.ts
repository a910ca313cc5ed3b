import type { ColumnBatch, ColumnData, Field, Json } from '@calve/core/plugin';
import { BatchMemory, columnBuffers, createColumnBatch, FixedBuilder, OffsetsBuilder, readValue } from '@calve/core/plugin';

/** A row of a test, by column name. int64, and timestamp in its unit since 1970, as bigint; everything else as plain JSON. A name that is missing is null. */
export type TestRow = Readonly<Record<string, bigint | number | string | null>>;

/**
 * A batch of int64, timestamp, float64 and string columns from rows. Its memory is borrowed: it is gone after the release, and poisoned when
 * `poisonReleasedMemory(true)` was called.
 */
export function rowsBatch(fields: readonly Field[], rows: readonly TestRow[]): ColumnBatch {
  const columns = fields.map((field) => columnOf(field, rows));
  const memory = new BatchMemory(columns.flatMap((column) => columnBuffers(column)));
  const batch = createColumnBatch({ fields, columns, rows: rows.length }, memory);
  memory.release();
  return batch;
}

/** The rows of a batch as plain JSON, by column name. The batch stays as it is. */
export function batchRows(batch: ColumnBatch): Record<string, Json>[] {
  return Array.from({ length: batch.rows }, (_, row) =>
    Object.fromEntries(batch.fields.map((field, at) => [field.name, readValue(batch.columns[at]!, field.type, row)])),
  );
}

function columnOf(field: Field, rows: readonly TestRow[]): ColumnData {
  const text = new OffsetsBuilder();
  const fixed = new FixedBuilder(8);
  const isText = field.type.kind === 'string';
  for (const row of rows) {
    const value = row[field.name] ?? null;
    if (value === null) (isText ? text : fixed).appendNull();
    else if (field.type.kind === 'string' && typeof value === 'string') text.appendText(value);
    else if ((field.type.kind === 'int64' || field.type.kind === 'timestamp') && typeof value === 'bigint')
      fixed.appendInt64(value);
    else if (field.type.kind === 'float64' && typeof value === 'number') fixed.appendFloat64(value);
    else throw new TypeError(`${String(value)} is not a test value of type ${field.type.kind}`);
  }
  return (isText ? text : fixed).finish();
}
