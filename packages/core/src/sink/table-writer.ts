import type { ColumnBatch } from '../columns/column-batch.ts';
import type { Portable } from '../context/portable.ts';
import type { Int64, Json } from '../json/json.ts';

/** Files that are durable and belong to no snapshot yet. Which units went in, core knows. */
export interface StagedFiles {
  /** The sink's own description of each file: path, size, metrics. */
  files: Json[];
  /** Sum of the row counts in the files' own footers. */
  rows: number;
  /** What the commit takes out of the table besides; absent: it only adds. */
  rewrite?: StagedRewrite;
}

/**
 * Rows that leave the table with a commit. Files that hold some of them are written anew without them and replaced as a whole.
 *
 * `prepare` may send it to a newer head as long as nobody touched what it replaces. Otherwise it stops with `REWRITE_CONFLICT`, and the batch is
 * staged again on the table as it is then.
 */
export interface StagedRewrite {
  /** The snapshot that was read; null: the table had none. */
  snapshot: Int64 | null;
  /** The sink's own: which files leave the table, and what no other writer may have added since. */
  removed: Json;
  /** Rows of `rows` that were in the table before and stay as they are. */
  kept: number;
  /** By unit key; a unit that is missing has none. What a whole batch replaces counts for its first unit. */
  units: Record<string, { deduplicated: number; replaced: number }>;
}

/** The unit whose rows come next. */
export interface WrittenUnit {
  key: string;
  /** As the rows name it in `_source_file`. */
  uri: string;
  /** ISO 8601. */
  modifiedAt: string;
  /** The rows that the table has of this file go: it is a corrected version of one that was loaded. */
  replaces: boolean;
}

/** Rows that were encoded away from their writer. Survives being sent to another thread; `bytes` may be transferred. */
export interface EncodedPart {
  rows: number;
  /** In a buffer of their own. */
  bytes: Uint8Array;
  /** The sink's own: what of the bytes is what. Plain data, typed arrays and bigints included. */
  content: unknown;
}

/** Encodes rows for one output where there is no writer. Calls come one after the other. */
export interface PartEncoder {
  /** @returns What became complete; nothing of the batch is kept but its values. @throws {CalveError} as `TableWriter.write`. */
  write(batch: ColumnBatch): Promise<EncodedPart[]>;
  /** The rows that are left; null: none. The encoder is as new afterwards, and may keep its memory for the rows that come next until its thread ends. */
  finish(): Promise<EncodedPart | null>;
}

/** What a writer can do whose rows may be encoded elsewhere. */
export interface TableParts {
  /** In any thread; needs nothing but JSON. */
  encoder: Portable<PartEncoder>;
  /** The rows of the part come next. The same files as if `cut`, `write` with these rows and `cut` had been called, byte for byte. Its memory is not kept. */
  append(part: EncodedPart): Promise<void>;
  /** What was written and what comes are encoded apart from each other. */
  cut(): Promise<void>;
}

/** Writes the rows of one output. One writer per worker and output; calls come one after the other. */
export interface TableWriter {
  /** Absent: rows come as batches, one after the other. */
  readonly parts?: TableParts;
  /** Called before the first row of each unit, also of one that turns out to have none. Absent: the writer need not know. */
  beginUnit?(unit: WrittenUnit): void;
  /** True: batches may have rows of several units, in order, when all of them have begun. Otherwise, where there is `beginUnit`, a unit begins behind the rows of the one before. */
  readonly mixesUnits?: boolean;
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

/** A stored file of a table that is read at any place. */
export interface InputFile {
  sizeBytes: number;
  /** Reads into `target` from `offset` on. @returns How many bytes; fewer than asked for is allowed, 0 is the end of the file. */
  read(target: Uint8Array, offset: number): Promise<number> | number;
  /** Called once, also after an error. */
  close(): Promise<void>;
}

/** How a writer in a worker reaches storage without credentials of its own. */
export interface WriterPorts {
  /** Opens a file of the table. `name` is a full URI. Absent: the session has none, since its writers only add. */
  openInput?(name: string): Promise<InputFile>;
  /** Creates a file that must not exist yet. `name` is a full URI. */
  openOutput(name: string): Promise<OutputFile>;
}
