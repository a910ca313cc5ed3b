import type {
  CallContext,
  ColumnBatch,
  ColumnBatchParts,
  ColumnData,
  Field,
  Json,
  OutputFile,
  StagedFiles,
  TableWriter,
  WriterPorts,
} from '@calve/core/plugin';
import { allRows, CalveError, gatherRows, sameType, throwIfAborted, typeText } from '@calve/core/plugin';

/** Configuration of a writer of the memory sink. */
export interface MemoryWriterConfiguration {
  /** Name of the file that it makes. */
  name: string;
  /** All columns of the table, with ids. */
  fields: Field[];
}

/** A file of the memory sink, as the journal keeps it. */
export interface MemoryFile {
  path: string;
  sizeBytes: number;
  rows: number;
}

/**
 * The portable half of the memory sink: writes batches as lines of JSON into one file, which is opened with the first rows.
 *
 * @throws {CalveError} From `write`: `SCHEMA_CHANGED` (report) for a column that the table does not have or has with another type.
 */
export async function createMemoryTableWriter(config: Json, context: CallContext, ports: WriterPorts): Promise<TableWriter> {
  const { name, fields } = config as unknown as MemoryWriterConfiguration;
  const file: MemoryFile = { path: name, sizeBytes: 0, rows: 0 };
  let output: OutputFile | null = null;
  return {
    async write(batch: ColumnBatch): Promise<void> {
      throwIfAborted(context.signal);
      for (const field of batch.fields) assertColumn(field, fields);
      if (batch.rows === 0) return;
      output ??= await ports.openOutput(name);
      const line = new TextEncoder().encode(`${encodeBatch(batch)}\n`);
      await output.write(line);
      file.rows += batch.rows;
      file.sizeBytes += line.length;
    },
    async finish(): Promise<StagedFiles> {
      throwIfAborted(context.signal);
      if (!output) return { files: [], rows: 0 };
      await output.finish();
      return { files: [{ ...file }], rows: file.rows };
    },
    async abort(): Promise<void> {
      await output?.abort();
    },
  };
}

/** What a writer wrote: the batches of a file, in order. */
export function decodeMemoryFile(bytes: Uint8Array): ColumnBatchParts[] {
  const lines = new TextDecoder().decode(bytes).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line, reviveView) as ColumnBatchParts);
}

function assertColumn({ name, type }: Field, fields: readonly Field[]): void {
  const known = fields.find((field) => field.name === name);
  if (known && sameType(known.type, type)) return;
  const found = known ? `it is ${typeText(known.type)} there` : 'the table has no such column';
  throw new CalveError('SCHEMA_CHANGED', `Column "${name}" comes as ${typeText(type)}, but ${found}.`);
}

function encodeBatch({ fields, columns, rows }: ColumnBatch): string {
  const copied = columns.map((column) => gatherRows(column, allRows(rows)));
  return JSON.stringify({ fields, columns: copied, rows }, replaceView);
}

type View = Uint8Array | Int32Array | Uint32Array | Float64Array;

const VIEWS: Record<string, new (buffer: ArrayBuffer) => View> = { Uint8Array, Int32Array, Uint32Array, Float64Array };

function replaceView(_key: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return value;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return { view: value.constructor.name, base64: bytes.toString('base64') };
}

function reviveView(_key: string, value: unknown): unknown {
  const { view, base64 } = (value ?? {}) as { view?: string; base64?: string };
  const Constructor = view === undefined || base64 === undefined ? undefined : VIEWS[view];
  return Constructor ? new Constructor(new Uint8Array(Buffer.from(base64 ?? '', 'base64')).buffer) : value;
}

/** The column of a batch for a field of the table; undefined: it was written before the table had that column. */
export function columnFor({ fields, columns }: ColumnBatchParts, name: string): ColumnData | undefined {
  return columns[fields.findIndex((field) => field.name === name)];
}
