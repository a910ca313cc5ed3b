import type { ColumnBatch, ColumnBatchParts, RecordBytes } from './column-batch.ts';
import { createColumnBatch } from './column-batch.ts';
import { columnBuffers } from './column-buffers.ts';

/**
 * Packs a batch for `postMessage`: functions do not clone, and transferring one view detaches all views of its buffer, so a batch
 * travels as a whole. The batch itself stays valid and is released by its owner as usual.
 *
 * @throws {CalveError} `BATCH_RELEASED`: the batch was released before.
 */
export function toMessage(batch: ColumnBatch): { message: unknown; transfer: ArrayBuffer[] } {
  const { fields, columns, rows, byteOffsets, firstRecordInRange, records } = batch.detach();
  const message: ColumnBatchParts = {
    fields,
    columns,
    rows,
    firstRecordInRange,
    ...(byteOffsets ? { byteOffsets } : {}),
    ...(records ? { records } : {}),
  };
  const views = [
    ...columns.flatMap(columnBuffers),
    ...(byteOffsets ? [byteOffsets] : []),
    ...(records ? recordBuffers(records) : []),
  ];
  const transfer = new Set(views.map((view) => view.buffer as ArrayBuffer));
  return { message, transfer: [...transfer] };
}

/** The batch that `toMessage` packed in another thread. Its memory is its own. */
export function fromMessage(message: unknown): ColumnBatch {
  return createColumnBatch(message as ColumnBatchParts);
}

function recordBuffers({ source, starts, ends, lines }: RecordBytes): ArrayBufferView[] {
  return [source, starts, ends, ...(lines ? [lines] : [])];
}
