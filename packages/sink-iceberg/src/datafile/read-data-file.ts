import type { ColumnBatch, ColumnData, Field } from '@calve/core/plugin';
import { ArenaPieces, CalveError, createColumnBatch, throwIfAborted, widthOf } from '@calve/core/plugin';
import type { FileMetaData, RowGroup } from 'hyparquet';
import { parquetMetadataAsync } from 'hyparquet';
import { constantColumn } from './constant-column.ts';
import type { DataFileSource, FileBytes } from './file-bytes.ts';
import { fileBytesOf } from './file-bytes.ts';
import type { FileProjection } from './file-projection.ts';
import { OWN_PROJECTION, projectionWithin } from './file-projection.ts';
import { FlatColumnReader, isFlat } from './flat-column-reader.ts';
import { findColumn } from './match-columns.ts';
import type { RowMemory } from './row-memory.ts';
import { KEPT_MEMORY } from './row-memory.ts';
import type { AheadBudget } from './stored-column-reader.ts';
import { bytesOf, StoredColumnReader } from './stored-column-reader.ts';
import type { StoredColumn } from './stored-schema.ts';
import { storedColumns } from './stored-schema.ts';

const MEBIBYTE = 1024 * 1024;
/** What one batch should hold. */
const BATCH_BYTES = 4 * MEBIBYTE;
/** Most rows of a batch, and those of the first where nothing tells how large rows are. */
const BATCH_ROWS = 131_072;
const FIRST_ROWS = 4096;
/** What may wait that was decoded together with the rows of a batch: other engines make pages of a million rows. */
const AHEAD_BYTES = 16 * MEBIBYTE;
/** While a page is decoded, every value of it is an object. */
const DECODING_BYTES = 32 * MEBIBYTE;
/** Of the end of a file, to begin with: most footers are not larger. */
const FOOTER_BYTES = 64 * 1024;
/** What is read ahead of the pages that are decoded, all columns together; and at least of each. */
const WINDOW_BYTES = 4 * MEBIBYTE;
const SMALLEST_WINDOW = 16 * 1024;

/** About the most memory that reading one file takes, whatever the size of its row groups. @param sizeBytes Of the file. */
export function readMemoryBytes(sizeBytes: number): number {
  return Math.min(BATCH_BYTES + AHEAD_BYTES + DECODING_BYTES, MEBIBYTE + 16 * sizeBytes);
}

/** What a data file is asked for. */
export interface ReadDataFileRequest {
  /** Most rows that are wanted; default all. */
  limit?: number;
  /** What the table knows of the file; default nothing. */
  projection?: FileProjection;
  /** True: a batch holds only until the next one is asked for, and its memory is used again. */
  isBorrowed?: boolean;
  signal: AbortSignal;
}

/**
 * Reads a Parquet data file, whoever wrote it: ours, PyIceberg's or Spark's.
 *
 * Columns are found as the projection says (`findColumn`); one that is nowhere is null in every row. Values are exact (no floating point for
 * integers and decimals, no milliseconds for timestamps) and widened where the file is older than the table's type.
 *
 * Memory stays at `readMemoryBytes`, however large row groups are, with two exceptions: single pages that are larger, and lists and maps in files
 * with data pages of version 1 and no index of them, of which a column is decoded whole.
 *
 * @param source Closed when the iteration ends, however it ends.
 * @param fields The columns of the batches, with ids, in this order.
 * @returns Batches in file order, of one row group each and as many rows as fit; one column at a time is decoded. A batch owns its memory
 *   unless the request says otherwise.
 * @throws {CalveError} `ICEBERG_DATA_FILE_MALFORMED`: not a Parquet file, damaged, or encoded in a way that is not supported.
 *   `ICEBERG_DATA_FILE_TYPE`: a column is stored in a type that the table's type does not include. `CANCELLED`.
 */
export async function* readDataFile(
  source: DataFileSource,
  fields: readonly Field[],
  request: ReadDataFileRequest,
): AsyncGenerator<ColumnBatch, void, undefined> {
  const { signal, projection = OWN_PROJECTION } = request;
  const borrowed = request.isBorrowed ? new ArenaPieces() : null;
  let columns: ReadColumn[] = [];
  try {
    throwIfAborted(signal);
    const file = fileBytesOf(source);
    const { metadata, stored } = await guarded(async () => {
      const metadata = await parquetMetadataAsync(file, { geoparquet: false, initialFetchSize: FOOTER_BYTES });
      return { metadata, stored: storedColumns(metadata) };
    });
    let left = request.limit ?? Number.POSITIVE_INFINITY;
    for (const rowGroup of metadata.row_groups) {
      throwIfAborted(signal);
      const rows = Math.min(left, Number(rowGroup.num_rows));
      if (rows <= 0) continue;
      left -= rows;
      columns = openColumns({ file, metadata, rowGroup, stored }, fields, projection, borrowed ?? KEPT_MEMORY);
      let most = firstRows(fields);
      for (let from = 0; from < rows; ) {
        const count = Math.min(rows - from, most);
        const read: ColumnData[] = [];
        for (const column of columns) {
          throwIfAborted(signal);
          read.push(await guarded(() => column.read(from, from + count)));
        }
        const bytes = read.reduce((sum, column) => sum + bytesOf(column), 0);
        most = rowsOf(bytes / count);
        from += count;
        yield createColumnBatch({ fields, columns: read, rows: count });
        borrowed?.giveBack();
      }
      closeAll(columns);
    }
  } finally {
    closeAll(columns);
    borrowed?.giveBack();
    await source.close();
  }
}

/** Gives the values of some rows of a row group, which are asked for from front to back. */
interface ReadColumn {
  read(from: number, until: number): ColumnData | Promise<ColumnData>;
  /** May be called again. */
  close?(): void;
}

/** A row group of a file that is open. */
interface OpenRowGroup {
  file: FileBytes;
  metadata: FileMetaData;
  rowGroup: RowGroup;
  stored: readonly StoredColumn[];
}

function openColumns(
  { stored, ...group }: OpenRowGroup,
  fields: readonly Field[],
  projection: FileProjection,
  memory: RowMemory,
): ReadColumn[] {
  const budget: AheadBudget = { left: AHEAD_BYTES };
  const windowBytes = Math.max(SMALLEST_WINDOW, Math.floor(WINDOW_BYTES / Math.max(1, fields.length)));
  return fields.map((field) => {
    const found = findColumn(field, stored, projection);
    if (found.node === null || field.type.kind === 'unknown') {
      const value = found.node === null ? found.value : null;
      return { read: (from, until) => constantColumn(field.type, value, until - from) };
    }
    const within = projectionWithin(projection, field.id);
    const place = { ...group, column: found.node, field, within };
    if (!isFlat(place)) {
      const reader = new StoredColumnReader(place, budget);
      return { read: (from, until) => reader.read(from, until) };
    }
    const reader = new FlatColumnReader(place, windowBytes);
    return { read: (from, until) => reader.read(from, until, memory), close: () => reader.close() };
  });
}

function closeAll(columns: readonly ReadColumn[]): void {
  for (const column of columns) column.close?.();
}

/** Rows of the first batch of a row group. What a dictionary says once may come in every row, so encoded sizes tell nothing. */
function firstRows(fields: readonly Field[]): number {
  let bytes = 0;
  for (const { type } of fields) {
    const width = widthOf(type);
    if (width === null) return FIRST_ROWS;
    bytes += width;
  }
  return rowsOf(bytes);
}

function rowsOf(rowBytes: number): number {
  return Math.max(1, Math.min(BATCH_ROWS, Math.floor(BATCH_BYTES / Math.max(rowBytes, 1))));
}

/** hyparquet reports damage as plain errors, range errors of its views among them. */
async function guarded<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (CalveError.is(error)) throw error;
    throw new CalveError(
      'ICEBERG_DATA_FILE_MALFORMED',
      'A data file cannot be read as Parquet; it is damaged or uses an unsupported encoding.',
      {
        recovery: 'fix-input',
        cause: error,
      },
    );
  }
}
