import type { ColumnBatch, ColumnData, Field } from '@calve/core/plugin';
import { CalveError, createColumnBatch, nullColumn, throwIfAborted } from '@calve/core/plugin';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { parquetMetadataAsync, parquetScan } from 'hyparquet';
import { decompressors } from './decompression.ts';
import type { DataFileSource } from './file-bytes.ts';
import { asyncBufferOf } from './file-bytes.ts';
import { fromParquetColumn } from './from-parquet-column.ts';
import { findNode } from './match-columns.ts';
import type { StoredColumn } from './stored-schema.ts';
import { columnMetadata, storedColumns } from './stored-schema.ts';

/** What a data file is asked for. */
export interface ReadDataFileRequest {
  /** Most rows that are wanted; default all. */
  limit?: number;
  signal: AbortSignal;
}

/**
 * Reads a Parquet data file, whoever wrote it: ours, PyIceberg's or Spark's.
 *
 * Columns are found by field id, in a file without ids by name; a column that the file lacks is null in every row. Values are exact
 * (no floating point for integers and decimals, no milliseconds for timestamps) and widened where the file is older than the
 * table's type.
 *
 * @param source Closed when the iteration ends, however it ends.
 * @param fields The columns of the batches, with ids, in this order.
 * @returns One batch per row group, in file order; one column at a time is decoded. A batch owns its memory.
 * @throws {CalveError} `ICEBERG_DATA_FILE_MALFORMED`: not a Parquet file, damaged, or encoded in a way that is not supported.
 *   `ICEBERG_DATA_FILE_TYPE`: a column is stored in a type that the table's type does not include. `CANCELLED`.
 */
export async function* readDataFile(
  source: DataFileSource,
  fields: readonly Field[],
  request: ReadDataFileRequest,
): AsyncGenerator<ColumnBatch, void, undefined> {
  try {
    throwIfAborted(request.signal);
    const file = asyncBufferOf(source);
    const { metadata, stored } = await guarded(async () => {
      const metadata = await parquetMetadataAsync(file, { geoparquet: false });
      return { metadata, stored: storedColumns(metadata) };
    });
    let left = request.limit ?? Number.POSITIVE_INFINITY;
    for (const rowGroup of metadata.row_groups) {
      throwIfAborted(request.signal);
      const rows = Math.min(left, Number(rowGroup.num_rows));
      if (rows <= 0) continue;
      const columns: ColumnData[] = [];
      for (const field of fields) {
        throwIfAborted(request.signal);
        const column = findNode(field, stored);
        columns.push(
          column === undefined || field.type.kind === 'unknown'
            ? nullColumn(field.type, rows)
            : await readColumn(file, () => columnMetadata(metadata, rowGroup, column), column, field, rows),
        );
      }
      left -= rows;
      yield createColumnBatch({ fields, columns, rows });
    }
  } finally {
    await source.close();
  }
}

async function readColumn(
  file: AsyncBuffer,
  metadata: () => FileMetaData,
  column: StoredColumn,
  field: Field,
  rows: number,
): Promise<ColumnData> {
  const { key } = column;
  const values = await guarded(async () => {
    const scan = await parquetScan({
      file,
      metadata: metadata(),
      columns: [key],
      compressors: decompressors,
      utf8: false,
      geoparquet: false,
      // INT96 is the one physical type that hyparquet converts on its own.
      parsers: { timestampFromNanoseconds: (nanos) => nanos },
    });
    return scan.readColumn({ column: key, rowStart: 0, rowEnd: rows });
  });
  if (values.length !== rows)
    throw new CalveError(
      'ICEBERG_DATA_FILE_MALFORMED',
      `A data file has ${values.length} of ${rows} values in the column "${field.name}".`,
      {
        recovery: 'fix-input',
        context: { column: field.name, values: values.length, rows },
      },
    );
  return fromParquetColumn(values, field.type, column);
}

/** hyparquet reports damage as plain errors, range errors of its views among them. */
async function guarded<T>(read: () => Promise<T>): Promise<T> {
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
