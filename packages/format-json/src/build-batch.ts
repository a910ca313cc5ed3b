import type { ColumnBatch, ColumnData, Field, BatchMemory as Memory } from '@calve/core/plugin';
import { BatchMemory, createColumnBatch } from '@calve/core/plugin';
import type { BytePool } from './byte-pool.ts';
import { type CellRows, IS_NULL, type RowMemory } from './cell-rows.ts';
import { LIST, MAP, type Place, STRUCT } from './place.ts';
import type { RowIndex } from './row-index.ts';
import { hasString, validityOf } from './row-states.ts';

/** What the texts of pending rows stand in. */
export interface RowSource {
  /** Data and unescaped texts, up to the last one in use. */
  bytes: Uint8Array;
  /** Place of `bytes[0]` in the decompressed content. */
  byteOffset: number;
  /** Owner of `bytes`. */
  memory: Memory;
}

/** Where the buffers of batches go when these are released. */
export interface BatchHome {
  pool: BytePool;
  rows: RowMemory;
}

/**
 * A batch of all pending rows: text columns over the bytes of a chunk, which stay borrowed until it is released, as do the buffers that the
 * places and the index give away. Both are empty afterwards.
 *
 * @param places One per field.
 */
export function buildBatch(
  fields: readonly Field[],
  places: readonly Place[],
  source: RowSource,
  pending: RowIndex,
  firstRecordInRange: number,
  home: BatchHome,
): ColumnBatch {
  const { rows } = pending;
  const handed: CellRows[] = [];
  const own: ArrayBufferView[] = [];
  const columns = places.map((place) => columnOf(place, rows, source.bytes, handed, own));
  const index = pending.hand();
  const byteOffsets = index.byteOffsets.subarray(0, rows);
  const starts = index.starts.subarray(0, rows);
  for (let row = 0; row < rows; row += 1) byteOffsets[row] = source.byteOffset + (starts[row] as number);

  for (const { block } of handed) own.push(block);
  own.push(index.block);
  source.memory.retain();
  const memory = new BatchMemory(own, () => {
    for (const cells of handed) home.rows.give(cells);
    home.pool.give(index.block);
    source.memory.release();
  });
  const records = { source: source.bytes, starts, ends: index.ends.subarray(0, rows), lines: index.lines.subarray(0, rows) };
  const batch = createColumnBatch({ fields, columns, rows, byteOffsets, firstRecordInRange, records }, memory);
  // The batch is the only owner from here on.
  memory.release();
  return batch;
}

function columnOf(place: Place, rows: number, source: Uint8Array, handed: CellRows[], own: ArrayBufferView[]): ColumnData {
  const { count } = place.element ?? place;
  const cells = place.hand(rows);
  handed.push(cells);
  const validity = validityOf(cells, rows);
  switch (place.kind) {
    case STRUCT: {
      const children = place.members.map((member) => columnOf(member, rows, source, handed, own));
      return { layout: 'struct', children, ...validity };
    }
    case LIST:
    case MAP: {
      const offsets = offsetsOf(cells, rows);
      own.push(offsets);
      return { layout: 'list', offsets, element: columnOf(place.element as Place, count, source, handed, own), ...validity };
    }
    default: {
      const starts = cells.starts.subarray(0, rows);
      const ends = cells.ends.subarray(0, rows);
      const text = { layout: 'cells' as const, source, starts, ends, escaping: 'none' as const };
      return hasString(cells, rows) ? { ...text, quoted: cells.states.subarray(0, rows), ...validity } : { ...text, ...validity };
    }
  }
}

function offsetsOf({ states, ends }: CellRows, rows: number): Int32Array {
  const offsets = new Int32Array(rows + 1);
  for (let row = 0, end = 0; row < rows; row += 1) {
    if (states[row] !== IS_NULL) end = ends[row] as number;
    offsets[row + 1] = end;
  }
  return offsets;
}
