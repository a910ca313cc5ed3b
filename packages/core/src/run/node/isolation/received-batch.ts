import { BatchMemory } from '../../../columns/batch-memory.ts';
import type { ColumnBatch, ColumnBatchParts, RecordBytes } from '../../../columns/column-batch.ts';
import { createColumnBatch } from '../../../columns/column-batch.ts';
import { columnBuffers } from '../../../columns/column-buffers.ts';
import { type ColumnData, isValid } from '../../../columns/column-data.ts';

/**
 * A batch over what a decode process sent.
 *
 * @param onReleased Called once, when the batch is released.
 * @returns The batch, or why it cannot be one: a place outside of its bytes would make the host read for ever, or fail somewhere else.
 */
export function receivedBatch(parts: ColumnBatchParts, onReleased: () => void): ColumnBatch | string {
  const problem = problemOf(parts);
  if (problem) return problem;
  const { columns, byteOffsets, records } = parts;
  const buffers = columns.flatMap(columnBuffers);
  if (byteOffsets) buffers.push(byteOffsets);
  if (records) buffers.push(records.source, records.starts, records.ends, ...(records.lines ? [records.lines] : []));
  const memory = new BatchMemory(buffers, onReleased);
  const batch = createColumnBatch(parts, memory);
  memory.release();
  return batch;
}

function problemOf({ fields, columns, rows, byteOffsets, records, firstRecordInRange }: ColumnBatchParts): string | null {
  if (!Number.isSafeInteger(rows) || rows < 1) return 'a batch without a number of rows';
  if (!Number.isSafeInteger(firstRecordInRange)) return 'a batch that does not know its place in the file';
  if (!Array.isArray(fields) || !fields.every((field) => typeof field?.name === 'string' && typeof field.type?.kind === 'string'))
    return 'a batch without names or types';
  if (!Array.isArray(columns) || columns.length !== fields.length) return 'a batch with another number of columns than names';
  const column = columns.findIndex((data) => !holdsRows(data, rows));
  if (column >= 0) return `a column "${fields[column]?.name}" that does not hold ${rows} rows`;
  if (byteOffsets && !(byteOffsets instanceof Float64Array && byteOffsets.length >= rows))
    return 'a batch without the places of its records';
  if (records && !holdsRecords(records, rows)) return 'records that lie outside of their bytes';
  return null;
}

function holdsRecords({ source, starts, ends, lines }: RecordBytes, rows: number): boolean {
  if (lines && !(lines instanceof Float64Array && lines.length >= rows)) return false;
  return holdsSlices(source, starts, ends, rows, () => true);
}

function holdsRows(column: ColumnData, rows: number): boolean {
  const { validity } = column;
  if (validity && !(validity instanceof Uint8Array && validity.length * 8 >= rows)) return false;
  switch (column.layout) {
    case 'fixed': {
      const { values, width } = column;
      const bytes = width === 0 ? Math.ceil(rows / 8) : width * rows;
      return values instanceof Uint8Array && width >= 0 && values.length >= bytes;
    }
    case 'offsets':
      return column.bytes instanceof Uint8Array && holdsOffsets(column.offsets, rows, column.bytes.length);
    case 'cells': {
      const { source, starts, ends, quoted } = column;
      if (quoted && !(quoted instanceof Uint8Array && quoted.length >= rows)) return false;
      return holdsSlices(source, starts, ends, rows, (row) => isValid(column, row));
    }
    case 'dictionary': {
      const { indexes, values } = column;
      if (!(indexes instanceof Int32Array) || indexes.length < rows) return false;
      let most = -1;
      for (let row = 0; row < rows; row += 1) {
        const index = indexes[row] as number;
        if (index < 0 && isValid(column, row)) return false;
        if (index > most && isValid(column, row)) most = index;
      }
      return holdsRows(values, most + 1);
    }
    case 'struct':
      return Array.isArray(column.children) && column.children.every((child) => holdsRows(child, rows));
    case 'list':
      return holdsOffsets(column.offsets, rows) && holdsRows(column.element, column.offsets[rows] as number);
    default:
      return false;
  }
}

/** `exists` is asked for rows whose bounds are wrong: what lies under a null means nothing. */
function holdsSlices(
  source: Uint8Array,
  starts: Uint32Array,
  ends: Uint32Array,
  rows: number,
  exists: (row: number) => boolean,
): boolean {
  if (!(source instanceof Uint8Array && starts instanceof Uint32Array && ends instanceof Uint32Array)) return false;
  if (starts.length < rows || ends.length < rows) return false;
  for (let row = 0; row < rows; row += 1) {
    const end = ends[row] as number;
    if ((end > source.length || end < (starts[row] as number)) && exists(row)) return false;
  }
  return true;
}

function holdsOffsets(offsets: Int32Array, rows: number, length = Number.POSITIVE_INFINITY): boolean {
  if (!(offsets instanceof Int32Array) || offsets.length < rows + 1 || (offsets[0] as number) < 0) return false;
  for (let row = 0; row < rows; row += 1) if ((offsets[row + 1] as number) < (offsets[row] as number)) return false;
  return (offsets[rows] as number) <= length;
}
