import type { ColumnBatch, ColumnData, ColumnType, Field, Json } from '@calve/core/plugin';
import { BatchMemory, columnBuffers, createColumnBatch, isValid, readValue } from '@calve/core/plugin';
import { testContext } from '@calve/testkit';
import type { DataFileDescription } from '../data-file.ts';
import { readDataFile } from '../read-data-file.ts';
import { createTableWriter } from '../table-writer.ts';
import type { TableWriterConfiguration } from '../table-writer-configuration.ts';
import type { TestValue } from './column-of-values.ts';
import { columnOfValues } from './column-of-values.ts';
import type { MemoryOutputs } from './memory-outputs.ts';
import { memoryOutputs, memorySource } from './memory-outputs.ts';

/** Columns of a test with their values; every column has the same number of them. */
export interface TestColumn {
  field: Field;
  values: readonly TestValue[];
}

/** A field with an id. */
export function field(id: number, name: string, type: ColumnType, required = false): Field {
  return { id, name, type, required };
}

/** A configuration that writes one small file. */
export function writerConfiguration(
  fields: readonly Field[],
  overrides: Partial<TableWriterConfiguration> = {},
): TableWriterConfiguration {
  return {
    dataLocation: 'memory://lake/orders/data',
    filePrefix: '7-abc-0',
    fields: [...fields],
    partition: [],
    specId: 0,
    codec: 'zstd',
    targetFileBytes: 512 * 1024 * 1024,
    rowGroupBytes: 8 * 1024 * 1024,
    maxOpenFiles: 10,
    ...overrides,
  };
}

/** A batch over borrowed memory, poisoned on release if poisoning is on. */
export function borrowedBatch(fields: readonly Field[], columns: readonly ColumnData[], rows: number): ColumnBatch {
  const memory = new BatchMemory(columns.flatMap((column) => columnBuffers(column)));
  const batch = createColumnBatch({ fields, columns, rows }, memory);
  memory.release();
  return batch;
}

/** Writes columns in batches of `batchRows`, each released right after its write. */
export async function writeTable(
  table: readonly TestColumn[],
  configuration: TableWriterConfiguration,
  options: { batchRows?: number; layout?: (column: ColumnData, rows: number, at: number) => ColumnData } = {},
): Promise<{ outputs: MemoryOutputs; files: DataFileDescription[]; rows: number }> {
  const outputs = memoryOutputs();
  const writer = await createTableWriter(configuration as unknown as Json, testContext(), outputs);
  const rows = table[0]?.values.length ?? 0;
  const { batchRows = Math.max(rows, 1), layout = (column) => column } = options;
  for (let start = 0; start < rows; start += batchRows) {
    const end = Math.min(rows, start + batchRows);
    const columns = table.map(({ field: { type }, values }, at) =>
      layout(columnOfValues(type, values.slice(start, end)), end - start, at),
    );
    const batch = borrowedBatch(
      table.map((column) => column.field),
      columns,
      end - start,
    );
    await writer.write(batch);
    batch.release();
  }
  const staged = await writer.finish();
  return { outputs, files: staged.files as unknown as DataFileDescription[], rows: staged.rows };
}

/** All rows of a file, column by column. */
export async function readTable(bytes: Uint8Array, fields: readonly Field[], limit?: number): Promise<unknown[][]> {
  const values: unknown[][] = fields.map(() => []);
  const signal = new AbortController().signal;
  for await (const batch of readDataFile(memorySource(bytes), fields, limit === undefined ? { signal } : { signal, limit })) {
    for (const [at, column] of batch.columns.entries())
      for (const value of columnValues(column, fields[at]!.type, batch.rows)) values[at]!.push(value);
    batch.release();
  }
  return values;
}

/** The values of a column as `readValue` gives them, but with -0 told apart from 0. */
export function columnValues(column: ColumnData, type: ColumnType, rows: number): unknown[] {
  const isFloat = column.layout === 'fixed' && (type.kind === 'float32' || type.kind === 'float64');
  if (!isFloat) return Array.from({ length: rows }, (_, row) => readValue(column, type, row));
  const view = new DataView(column.values.buffer, column.values.byteOffset, column.values.byteLength);
  return Array.from({ length: rows }, (_, row) => {
    if (!isValid(column, row)) return null;
    return type.kind === 'float32' ? view.getFloat32(row * 4, true) : view.getFloat64(row * 8, true);
  });
}

/** What `readTable` should give for these columns. */
export function expectedValues(table: readonly TestColumn[]): unknown[][] {
  return table.map(({ field: { type }, values }) => columnValues(columnOfValues(type, values), type, values.length));
}
