import type { CellsColumn, ColumnBatch, Field, BatchMemory as Memory } from '@calve/core/plugin';
import { BatchMemory, createColumnBatch } from '@calve/core/plugin';
import type { CellIndex } from './cell-index.ts';
import { NULL_CELL, QUOTED_CELL } from './cell-index.ts';
import type { RowIndex } from './row-index.ts';

/** Where the cells of pending rows are found. The rows follow one another and lie in one chunk. */
export interface CellSource {
  /** Data and rewritten cells, up to the last one in use. */
  bytes: Uint8Array;
  /** Place of `bytes[0]` in the decompressed content, or where a byte of it stands in content of another encoding. */
  byteOffset: number | ((at: number) => number);
  /** Owner of `bytes`. */
  memory: Memory;
  index: CellIndex;
  /** Place in `index` of the first cell of the first row. */
  firstCell: number;
}

/**
 * A batch of text columns over the bytes of a chunk, which stay borrowed until it is released. Cells come in reading order and go
 * out column by column; bounds, kinds and validity are memory of the batch's own.
 */
export function buildCellBatch(
  fields: readonly Field[],
  source: CellSource,
  pending: RowIndex,
  firstRecordInRange: number,
): ColumnBatch {
  const { index, firstCell, bytes } = source;
  const { rows } = pending;
  const width = fields.length;
  const bounds = new Uint32Array(rows * (width * 2 + 2));
  const kinds = new Uint8Array(rows * width);
  const bitmapBytes = (rows + 7) >> 3;
  const bitmaps = new Uint8Array(bitmapBytes * width);
  const columns: CellsColumn[] = [];

  for (let column = 0; column < width; column += 1) {
    const starts = bounds.subarray(column * 2 * rows, (column * 2 + 1) * rows);
    const ends = bounds.subarray((column * 2 + 1) * rows, (column * 2 + 2) * rows);
    const quoted = kinds.subarray(column * rows, (column + 1) * rows);
    const validity = bitmaps.subarray(column * bitmapBytes, (column + 1) * bitmapBytes);
    let nulls = 0;
    let quotes = 0;
    for (let row = 0, cell = firstCell + column; row < rows; row += 1, cell += width) {
      starts[row] = index.starts[cell] as number;
      ends[row] = index.ends[cell] as number;
      const kind = index.kinds[cell];
      if (kind === NULL_CELL) {
        nulls += 1;
        continue;
      }
      validity[row >> 3] = (validity[row >> 3] as number) | (1 << (row & 7));
      if (kind === QUOTED_CELL) {
        quoted[row] = 1;
        quotes += 1;
      }
    }
    const data: CellsColumn & { validity?: Uint8Array } = { layout: 'cells', source: bytes, starts, ends, escaping: 'none' };
    if (quotes > 0) data.quoted = quoted;
    if (nulls > 0) data.validity = validity;
    columns.push(data);
  }

  const starts = bounds.subarray(width * 2 * rows, (width * 2 + 1) * rows);
  const ends = bounds.subarray((width * 2 + 1) * rows);
  starts.set(pending.starts.subarray(0, rows));
  ends.set(pending.ends.subarray(0, rows));
  const lines = pending.lines.slice(0, rows);
  const byteOffsets = new Float64Array(rows);
  const { byteOffset } = source;
  if (typeof byteOffset === 'number') {
    for (let row = 0; row < rows; row += 1) byteOffsets[row] = byteOffset + (starts[row] as number);
  } else {
    for (let row = 0; row < rows; row += 1) byteOffsets[row] = byteOffset(starts[row] as number);
  }

  source.memory.retain();
  const memory = new BatchMemory([bounds, kinds, bitmaps, lines, byteOffsets], () => source.memory.release());
  const records = { source: bytes, starts, ends, lines };
  const batch = createColumnBatch({ fields, columns, rows, byteOffsets, firstRecordInRange, records }, memory);
  // The batch is the only owner from here on.
  memory.release();
  return batch;
}
