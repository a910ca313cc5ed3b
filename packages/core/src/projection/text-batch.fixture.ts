import { ArenaPieces } from '../columns/arena-pieces.ts';
import { BatchMemory } from '../columns/batch-memory.ts';
import type { ColumnBatch, RecordBytes } from '../columns/column-batch.ts';
import { createColumnBatch } from '../columns/column-batch.ts';
import { columnBuffers } from '../columns/column-buffers.ts';
import { OffsetsBuilder } from '../columns/column-builder.ts';
import type { CellsColumn, ColumnData } from '../columns/column-data.ts';
import type { ProvenanceFacts } from './apply-projection.ts';

/** Texts per column; null is a cell without a value. */
export type Texts = Record<string, readonly (string | null)[]>;

/** Facts for tests that do not look at them. */
export const provenance: ProvenanceFacts = {
  unitUri: 'file:///data/orders.csv',
  unitVersion: 'v1',
  unitModified: '2026-01-02T03:04:05.678901Z',
  runId: 'run-1',
  plannedAt: '2026-02-03T04:05:06.000000Z',
};

const encoder = new TextEncoder();

/** A batch as the decoder of a CSV file makes it: cells inside the file's bytes, a text with a quote still escaped. Line 1 is a header. */
export function cellsBatch(texts: Texts): ColumnBatch {
  const names = Object.keys(texts);
  const rows = texts[names[0]!]!.length;
  const parts: Uint8Array[] = [];
  let length = 0;
  const push = (text: string): number => {
    const bytes = encoder.encode(text);
    parts.push(bytes);
    length += bytes.length;
    return length;
  };
  const columns = names.map(() => emptyCells(rows));
  const records = { starts: new Uint32Array(rows), ends: new Uint32Array(rows), lines: new Float64Array(rows) };
  push(`${names.join(',')}\n`);
  for (let row = 0; row < rows; row++) {
    records.starts[row] = length;
    records.lines[row] = row + 2;
    names.forEach((name, index) => {
      const column = columns[index]!;
      const text = texts[name]![row]!;
      if (index > 0) push(',');
      if (text === null) return;
      column.validity![row >> 3]! |= 1 << (row & 7);
      const isQuoted = text === '' || /[",\r\n]/.test(text);
      if (isQuoted) push('"');
      column.quoted![row] = isQuoted ? (text.includes('"') ? 2 : 1) : 0;
      column.starts[row] = length;
      column.ends[row] = push(text.replaceAll('"', '""'));
      if (isQuoted) push('"');
    });
    records.ends[row] = length;
    push('\n');
  }
  const source = joined(parts, length);
  const cells = columns.map((column): ColumnData => ({ ...column, source }));
  return batchOf(names, cells, rows, { source, ...records });
}

/** The same texts by offsets, without the bytes of the records. */
export function offsetsBatch(texts: Texts): ColumnBatch {
  const names = Object.keys(texts);
  const columns = names.map((name) => {
    const builder = new OffsetsBuilder();
    for (const text of texts[name]!) {
      if (text === null) builder.appendNull();
      else builder.appendText(text);
    }
    return builder.finish();
  });
  return batchOf(names, columns, texts[names[0]!]!.length);
}

/** The batch with its text columns where compiled kernels see them, until it is released. */
export function inArena(batch: ColumnBatch): ColumnBatch {
  const pieces = new ArenaPieces();
  const moved = new Map<ArrayBufferView, Uint8Array>();
  const bytesOf = (view: ArrayBufferView): Uint8Array => {
    const known = moved.get(view);
    if (known) return known;
    const piece = pieces.take(view.byteLength);
    piece.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    moved.set(view, piece);
    return piece;
  };
  const words = (view: Uint32Array): Uint32Array => {
    const { buffer, byteOffset } = bytesOf(view);
    return new Uint32Array(buffer, byteOffset, view.length);
  };
  const columns = batch.columns.map((column): ColumnData => {
    const validity = column.validity ? { validity: bytesOf(column.validity) } : {};
    if (column.layout === 'offsets') {
      const { buffer, byteOffset } = bytesOf(column.offsets);
      const offsets = new Int32Array(buffer, byteOffset, column.offsets.length);
      return { ...column, ...validity, offsets, bytes: bytesOf(column.bytes) };
    }
    if (column.layout !== 'cells') return column;
    const { source, starts, ends } = column;
    return { ...column, ...validity, source: bytesOf(source), starts: words(starts), ends: words(ends) };
  });
  const memory = new BatchMemory([...moved.values()], () => {
    pieces.giveBack();
    batch.release();
  });
  const copy = createColumnBatch({ ...batch, columns }, memory);
  memory.release();
  return copy;
}

function batchOf(names: readonly string[], columns: readonly ColumnData[], rows: number, records?: RecordBytes): ColumnBatch {
  const byteOffsets = records ? Float64Array.from(records.starts) : undefined;
  const buffers = [...columns.flatMap(columnBuffers), ...(byteOffsets ? [byteOffsets] : [])];
  if (records) buffers.push(records.source, records.starts, records.ends, records.lines!);
  const memory = new BatchMemory(buffers);
  const fields = names.map((name) => ({ name, type: { kind: 'string' } as const, required: false }));
  const batch = createColumnBatch(
    { fields, columns, rows, ...(records ? { records } : {}), ...(byteOffsets ? { byteOffsets } : {}) },
    memory,
  );
  memory.release();
  return batch;
}

function emptyCells(rows: number): CellsColumn & { validity: Uint8Array } {
  return {
    layout: 'cells',
    source: new Uint8Array(0),
    starts: new Uint32Array(rows),
    ends: new Uint32Array(rows),
    quoted: new Uint8Array(rows),
    escaping: 'doubled-quote',
    escape: 0x22,
    validity: new Uint8Array((rows + 7) >> 3),
  };
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
