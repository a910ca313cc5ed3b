import type { ColumnBatch } from '../columns/column-batch.ts';
import type { Json } from '../json/json.ts';

/** Files that are durable and belong to no snapshot yet. Which units went in, core knows. */
export interface StagedFiles {
  /** The sink's own description of each file: path, size, metrics. */
  files: Json[];
  /** Sum of the row counts in the files' own footers. */
  rows: number;
}

/** Writes the rows of one output. One writer per worker and output; calls come one after the other. */
export interface TableWriter {
  /** Fields are matched by name; a field of the table that the batch lacks becomes null. Resolves when the batch may be released. */
  write(batch: ColumnBatch): Promise<void>;
  /** The files are durable when it resolves. No rows give no files. Called at most once; only `abort` may follow. */
  finish(): Promise<StagedFiles>;
  /** Gives up; deletes what was written as far as it can, finished files too. Nothing is called after it. */
  abort(): Promise<void>;
}

/** A file that is being written. */
export interface OutputFile {
  /** The chunk may be reused when it resolves. */
  write(chunk: Uint8Array): Promise<void>;
  /** Durable when resolved. */
  finish(): Promise<void>;
  /** Deletes the partial file. */
  abort(): Promise<void>;
}

/** How a writer in a worker reaches storage without credentials of its own. */
export interface WriterPorts {
  /** Creates a file that must not exist yet. `name` is a full URI. */
  openOutput(name: string): Promise<OutputFile>;
}
