import type { ColumnBatch, ColumnBatchParts } from './column-batch.ts';
import { createColumnBatch } from './column-batch.ts';
import type { ColumnData } from './column-data.ts';
import { detachBatch } from './detach-batch.ts';

/**
 * Packs a batch for `postMessage`: functions do not clone, and transferring one view detaches all views of its buffer, so a batch
 * travels as a whole. The batch itself stays valid and is released by its owner as usual.
 */
export function toMessage(batch: ColumnBatch): { message: unknown; transfer: ArrayBuffer[] } {
  const { fields, columns, rows, byteOffsets, firstRecordInRange, records } = batch;
  const message = detachBatch({
    fields,
    columns,
    rows,
    firstRecordInRange,
    ...(byteOffsets ? { byteOffsets } : {}),
    ...(records ? { records } : {}),
  });
  const transfer = new Set<ArrayBuffer>();
  const add = (view: ArrayBufferView | undefined): void => {
    if (view) transfer.add(view.buffer as ArrayBuffer);
  };
  const visit = (data: ColumnData): void => {
    add(data.validity);
    switch (data.layout) {
      case 'fixed':
        return add(data.values);
      case 'offsets':
        add(data.offsets);
        return add(data.bytes);
      case 'cells':
        add(data.source);
        add(data.starts);
        add(data.ends);
        return add(data.quoted);
      case 'dictionary':
        add(data.indexes);
        return visit(data.values);
      case 'struct':
        return data.children.forEach(visit);
      case 'list':
        add(data.offsets);
        return visit(data.element);
    }
  };
  message.columns.forEach(visit);
  add(message.byteOffsets);
  add(message.records?.source);
  add(message.records?.starts);
  add(message.records?.ends);
  add(message.records?.lines);
  return { message, transfer: [...transfer] };
}

/** The batch that `toMessage` packed in another thread. Its memory is its own. */
export function fromMessage(message: unknown): ColumnBatch {
  return createColumnBatch(message as ColumnBatchParts);
}
