import type { Json } from '@calve/core/plugin';
import type { SeededRandom } from '@calve/testkit';
import type { ColumnKind } from './random-scalar.ts';
import { type RandomTable, randomTable, type TableLimits } from './random-table.ts';

/** One way in which one program writes files of one format, and how Calve is told to read them. A format brings a list of these. */
export interface WriterCase {
  /** Key of `WRITERS` in write_files.py. */
  format: string;
  writer: string;
  /** Unique: what is special about it. */
  title: string;
  /** For the writer. */
  dialect: Record<string, Json>;
  /** Name of the file, without a folder. */
  fileName: string;
  limits: TableLimits;
  /** How a column is read, beside its type, when there are such scalars in it. Default: nothing is said. */
  readings?: Partial<Record<ColumnKind, Readonly<Record<string, Json>>>>;
  /** Options of Calve's format that say everything … */
  options: Record<string, Json>;
  /** … and those that are enough for it to find out the rest; null where the file does not tell. */
  hints: Record<string, Json> | null;
}

/** A file to be written, as write_files.py takes it. */
export interface WriterTask extends RandomTable {
  format: string;
  writer: string;
  dialect: Record<string, Json>;
  file: string;
}

/** The files of some cases, each with a table of its own. `prefix`: a path. */
export function tasksFor(cases: readonly WriterCase[], prefix: string, random: SeededRandom): WriterTask[] {
  return cases.map(({ format, writer, dialect, fileName, limits }, at) => ({
    format,
    writer,
    dialect,
    file: `${prefix}-${at}-${fileName}`,
    ...randomTable(random, limits),
  }));
}
