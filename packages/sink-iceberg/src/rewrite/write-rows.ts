import type { ColumnBatch, TableWriter } from '@calve/core/plugin';
import { createColumnBatch, gatherRows } from '@calve/core/plugin';

/** Writes the rows of a batch that do not go. */
export async function writeRows(writer: TableWriter, batch: ColumnBatch, goes: (row: number) => boolean): Promise<void> {
  const kept = new Uint32Array(batch.rows);
  let count = 0;
  for (let row = 0; row < batch.rows; row++) if (!goes(row)) kept[count++] = row;
  if (count === batch.rows) return writer.write(batch);
  if (count === 0) return;
  const rows = kept.subarray(0, count);
  const columns = batch.columns.map((column) => gatherRows(column, rows));
  await writer.write(createColumnBatch({ fields: batch.fields, columns, rows: count }));
}
