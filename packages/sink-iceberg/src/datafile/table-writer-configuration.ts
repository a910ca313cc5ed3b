import type { Field } from '@calve/core/plugin';
import type { MetricsMode } from './metrics-mode.ts';

/** One field of a partition spec with what is needed to compute it. */
export interface PartitionColumn {
  sourceId: number;
  fieldId: number;
  /** Of the partition field: `ordered_at_day`. */
  name: string;
  /** In the words of the Iceberg specification: `identity`, `day`, `bucket[16]`. */
  transform: string;
}

/** One field of a sort order with what is needed to sort by it. */
export interface SortColumn {
  sourceId: number;
  /** In the words of the Iceberg specification: `identity`, `day`, `bucket[16]`. */
  transform: string;
  descending: boolean;
  nullsFirst: boolean;
}

/** All that a writer knows: plain JSON, so that it can be rebuilt in a worker. */
export interface TableWriterConfiguration {
  /** URI of the folder for data files, without a slash at its end. */
  dataLocation: string;
  /** Begins every file name: `<sequence>-<commitId>-<writerId>`. */
  filePrefix: string;
  /** All columns of the table, with ids, in table order. */
  fields: Field[];
  partition: PartitionColumn[];
  specId: number;
  /** How the rows of each file are sorted, and the id of that order in the table; absent: as they come. */
  sortOrder?: { id: number; fields: SortColumn[] };
  /** How columns are measured, by field id, where that is not the usual. */
  metrics?: Record<string, MetricsMode>;
  codec: 'zstd' | 'gzip' | 'snappy' | 'uncompressed';
  /** A file that has reached this size is finished. */
  targetFileBytes: number;
  /** Uncompressed bytes of one row group, about. */
  rowGroupBytes: number;
  /** Open files at the same time; more partitions than that close the least recently used file. */
  maxOpenFiles: number;
}
