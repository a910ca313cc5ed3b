import type { ColumnBatch, TableWriter } from '@calve/core/plugin';
import { ArenaPieces, createColumnBatch } from '@calve/core/plugin';
import type { KeptRuns } from './kept-runs.ts';
import { keepRuns } from './kept-runs.ts';

/** Writes the rows of a batch that stay. */
export async function writeRows(writer: TableWriter, batch: ColumnBatch, runs: KeptRuns): Promise<void> {
  const { rows } = runs;
  if (rows === batch.rows) return writer.write(batch);
  if (rows === 0) return;
  const memory = new ArenaPieces();
  try {
    const columns = batch.columns.map((column) => keepRuns(column, runs, memory));
    await writer.write(createColumnBatch({ fields: batch.fields, columns, rows }));
  } finally {
    memory.giveBack();
  }
}
