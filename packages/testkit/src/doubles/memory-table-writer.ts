import type { CallContext, ColumnBatch, Json, OutputFile, StagedFiles, TableWriter, WriterPorts } from '@calve/core/plugin';
import { batchRows } from './rows-batch.ts';

/** Configuration of a writer of the memory sink. */
export interface MemoryWriterConfiguration {
  /** Name of the file that it makes. */
  name: string;
}

/** A file of the memory sink, as the journal keeps it. */
export interface MemoryFile {
  path: string;
  sizeBytes: number;
  rows: number;
}

/** The portable half of the memory sink: writes rows as JSON into one file. */
export async function createMemoryTableWriter(config: Json, _context: CallContext, ports: WriterPorts): Promise<TableWriter> {
  const { name } = config as unknown as MemoryWriterConfiguration;
  let output: OutputFile | null = null;
  let rows = 0;
  let sizeBytes = 0;
  return {
    async write(batch: ColumnBatch): Promise<void> {
      output ??= await ports.openOutput(name);
      const bytes = new TextEncoder().encode(
        batchRows(batch)
          .map((row) => `${JSON.stringify(row)}\n`)
          .join(''),
      );
      await output.write(bytes);
      rows += batch.rows;
      sizeBytes += bytes.length;
    },
    async finish(): Promise<StagedFiles> {
      await output?.finish();
      const file: MemoryFile = { path: name, sizeBytes, rows };
      return { files: rows > 0 ? [{ ...file }] : [], rows };
    },
    async abort(): Promise<void> {
      await output?.abort();
    },
  };
}
