import type { ColumnBatch, ColumnData, Field, BatchMemory as Memory } from '@calve/core/plugin';
import { BatchMemory, createColumnBatch } from '@calve/core/plugin';
import { IS_NULL, IS_STRING, LIST, MAP, type Place, STRUCT } from './place.ts';
import type { RowIndex } from './row-index.ts';

/** What the texts of pending rows stand in. */
export interface RowSource {
  /** Data and unescaped texts, up to the last one in use. */
  bytes: Uint8Array;
  /** Place of `bytes[0]` in the decompressed content. */
  byteOffset: number;
  /** Owner of `bytes`. */
  memory: Memory;
}

/** A text column that belongs to no place: where its texts stand, and which rows have one. */
export interface ExtraColumn {
  states: Uint8Array;
  starts: Uint32Array;
  ends: Uint32Array;
}

/**
 * A batch of what the places hold: text columns over the bytes of a chunk, which stay borrowed until it is released; everything else is
 * memory of the batch's own. The places may be filled again.
 */
export function buildBatch(
  fields: readonly Field[],
  record: Place,
  rescued: ExtraColumn | null,
  source: RowSource,
  pending: RowIndex,
  firstRecordInRange: number,
): ColumnBatch {
  const { rows } = pending;
  const own: ArrayBufferView[] = [];
  const columns = record.members.map((place) => columnOf(place, rows, source.bytes, own));
  if (rescued) columns.push(textColumn(rescued, rows, source.bytes, own));

  const starts = pending.starts.slice(0, rows);
  const ends = pending.ends.slice(0, rows);
  const lines = pending.lines.slice(0, rows);
  const byteOffsets = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) byteOffsets[row] = source.byteOffset + (starts[row] as number);
  own.push(starts, ends, lines, byteOffsets);

  source.memory.retain();
  const memory = new BatchMemory(own, () => source.memory.release());
  const records = { source: source.bytes, starts, ends, lines };
  const batch = createColumnBatch({ fields, columns, rows, byteOffsets, firstRecordInRange, records }, memory);
  // The batch is the only owner from here on.
  memory.release();
  return batch;
}

function columnOf(place: Place, rows: number, source: Uint8Array, own: ArrayBufferView[]): ColumnData {
  switch (place.kind) {
    case STRUCT: {
      const children = place.members.map((member) => columnOf(member, rows, source, own));
      return { layout: 'struct', children, ...validityOf(place.states, rows, own) };
    }
    case LIST:
    case MAP: {
      const element = place.element as Place;
      const offsets = new Int32Array(rows + 1);
      for (let row = 0; row < rows; row += 1) {
        offsets[row + 1] = place.states[row] === IS_NULL ? (offsets[row] as number) : (place.ends[row] as number);
      }
      own.push(offsets);
      return {
        layout: 'list',
        offsets,
        element: columnOf(element, element.count, source, own),
        ...validityOf(place.states, rows, own),
      };
    }
    default:
      return textColumn(place, rows, source, own);
  }
}

function textColumn({ states, starts, ends }: ExtraColumn, rows: number, source: Uint8Array, own: ArrayBufferView[]): ColumnData {
  const data = {
    layout: 'cells' as const,
    source,
    starts: starts.slice(0, rows),
    ends: ends.slice(0, rows),
    escaping: 'none' as const,
  };
  own.push(data.starts, data.ends);
  let strings = 0;
  for (let row = 0; row < rows; row += 1) if (states[row] === IS_STRING) strings += 1;
  const validity = validityOf(states, rows, own);
  if (strings === 0) return { ...data, ...validity };
  const quoted = new Uint8Array(rows);
  for (let row = 0; row < rows; row += 1) if (states[row] === IS_STRING) quoted[row] = 1;
  own.push(quoted);
  return { ...data, quoted, ...validity };
}

/** Nothing when every row has a value. */
function validityOf(states: Uint8Array, rows: number, own: ArrayBufferView[]): { validity?: Uint8Array } {
  let row = 0;
  while (row < rows && states[row] !== IS_NULL) row += 1;
  if (row === rows) return {};
  const validity = new Uint8Array((rows + 7) >> 3);
  for (row = 0; row < rows; row += 1) {
    if (states[row] !== IS_NULL) validity[row >> 3] = (validity[row >> 3] as number) | (1 << (row & 7));
  }
  own.push(validity);
  return { validity };
}
