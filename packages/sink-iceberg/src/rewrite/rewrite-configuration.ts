import type { ProgramOutput } from '@calve/core/plugin';
import type { TableWriterConfiguration } from '../datafile/table-writer-configuration.ts';
import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import type { PartitionSpec } from '../spec/partition-spec.ts';

/** The table as the writers of a rewrite read it: one snapshot, which never changes. */
export interface RewrittenTable {
  /** From the name of the catalog down, as Spark knows it: `['calve', 'sales', 'orders']`. */
  names: string[];
  /** Null: it has no rows yet. */
  snapshot: string | null;
  manifestList: string | null;
  /** Of now, without the changes of this commit. */
  schema: IcebergSchema;
  specs: PartitionSpec[];
  /** The property that says how columns are called in files without field ids. */
  nameMapping?: string;
}

/** All that a writer knows which may take rows out of a table: plain JSON, so that it can be rebuilt in a worker. */
export interface RewriteConfiguration {
  writer: TableWriterConfiguration;
  mode: ProgramOutput['mode'];
  /** Null: it is created with this commit. */
  table: RewrittenTable | null;
  /** Name of the column in which rows name their file. */
  sourceFile: string;
  /** What the keys of one pass over the table may take. */
  keyMemoryBytes: number;
  /** Rows that wait in memory until all keys are known; more of them go to a file. */
  spoolBytes: number;
}
